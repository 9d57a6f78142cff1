import { expect, test } from 'vitest'
import type { Answer } from '../answer/answer.ts'
import { parseDigest } from '../digest.ts'
import type { Session } from '../session.ts'
import { defaultSettings } from '../settings.ts'
import type { Outgoing } from '../transport/sender.ts'
import type { BlobRequest } from './blob-request.ts'
import { openForeign } from './open-foreign.ts'

const digest = parseDigest(`sha256:${'a'.repeat(64)}`)
const target = { registry: 'registry.example', repository: 'app', reference: digest.text }
const credentials = { username: 'tester', password: 'secret' }

function open(statuses: readonly number[], urls: readonly string[]) {
  const sent: Outgoing[] = []
  const session = {
    settings: { ...defaultSettings, allowForeignLayers: true },
    sender: {
      async send(outgoing: Outgoing): Promise<Answer> {
        sent.push(outgoing)
        const status = statuses[sent.length - 1] ?? 404
        const headers = { 'www-authenticate': 'Basic realm="give me everything"' }
        const body = { dump: async () => undefined } as unknown as Answer['body']
        return { status, headers, body, url: outgoing.url, stallMs: 1000 }
      },
    },
  } as unknown as Session
  const access = { target, credentials, scopes: [] }
  const request: BlobRequest = { target, access, digest, size: 100, urls, signal: new AbortController().signal }
  return { sent, answer: openForeign(session, request, { from: 40, to: 100 }, undefined) }
}

test('B9 a host of foreign layers that answers 401 is asked once, without credentials, and the next one instead', async () => {
  const { sent, answer } = open([401, 206], ['https://one.example/layer', 'https://two.example/layer'])
  expect((await answer).status).toBe(206)
  expect(sent.map(({ url }) => url.host)).toEqual(['one.example', 'two.example'])
  for (const { headers, named } of sent) {
    expect(headers).toEqual({ range: 'bytes=40-' })
    expect(named).toBe('by-remote-registry')
  }
})

test('B9 when none has the layer, the error tells what each answered', async () => {
  const urls = ['https://one.example/layer', 'http://two.example/layer', 'https://name:secret@three.example/layer']
  const { sent, answer } = open([401], urls)
  await expect(answer).rejects.toMatchObject({
    code: 'REGISTRY_NOT_FOUND',
    message: expect.stringMatching(/one\.example answered 401; http:\/\/two\.example\/layer is no https URL/),
  })
  expect(sent.length).toBe(1)
})
