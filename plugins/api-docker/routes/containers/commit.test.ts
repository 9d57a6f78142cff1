import { afterEach, expect, it } from 'vitest'
import { codedError } from '@moby/contracts'
import { containerId, streamOf } from '../../fixtures/fake-engine.ts'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

const id = `sha256:${'b'.repeat(64)}`

it('a commit passes on what the query and the body say, and pauses unless told otherwise', async () => {
  api = await startTestApi({ containers: { commit: async () => ({ id }) } })
  const query = 'container=web&repo=app&tag=2&comment=c&author=a&changes=CMD%20x&changes=USER%20u'
  const body = {
    Env: ['A=1'],
    ExposedPorts: { '80/tcp': {} },
    Healthcheck: { Test: ['NONE'], Interval: 0 },
    Image: 'x',
  }
  const { status, text } = await api.call('POST', `/commit?${query}`, body)
  expect([status, JSON.parse(text)]).toEqual([201, { Id: id }])
  expect(api.calls.at(-1)?.request).toEqual({
    ref: 'web',
    reference: 'app:2',
    author: 'a',
    comment: 'c',
    changes: ['CMD x', 'USER u'],
    config: { Env: ['A=1'], ExposedPorts: { '80/tcp': {} }, Healthcheck: { Test: ['NONE'] } },
    pause: true,
  })
  await api.call('POST', '/commit?container=web&pause=0', 'null')
  expect(api.calls.at(-1)?.request).toEqual({ ref: 'web', author: '', comment: '', pause: false })
})

it('an export streams, and one of a container that is not there is an ordinary error', async () => {
  api = await startTestApi({
    containers: {
      export: ({ ref }) => {
        if (ref === containerId) return streamOf(Buffer.from('ab'), Buffer.from('c'))
        return (async function* () {
          yield* streamOf<Uint8Array>()
          throw codedError('CONTAINER_NOT_FOUND', `No such container: ${ref}`)
        })()
      },
    },
  })
  const good = await api.call('GET', `/containers/${containerId}/export`)
  expect([good.status, good.headers['content-type'], good.text]).toEqual([200, 'application/octet-stream', 'abc'])
  const bad = await api.call('GET', '/containers/none/export')
  expect([bad.status, JSON.parse(bad.text)]).toEqual([404, { message: 'No such container: none' }])
})
