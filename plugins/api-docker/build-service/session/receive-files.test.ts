import { once } from 'node:events'
import { connect, createServer, type Http2Server, type IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { readTar } from '@moby/lib-tar'
import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { sendFolder, type SentFile } from '../../fixtures/file-sender.ts'
import { archiveOfFiles } from './archive-of-files.ts'
import { ClientSession } from './client-session.ts'
import { receiveFiles, syncFiles } from './receive-files.ts'

const never = new AbortController().signal
const endings: (() => void)[] = []
afterEach(() => endings.splice(0).forEach((end) => end()))

/** A session of a client that has this folder, and the headers of its calls. */
async function clientWith(folder: readonly SentFile[]) {
  const headers: IncomingHttpHeaders[] = []
  const server: Http2Server = createServer()
  server.on('stream', (stream, head) => {
    headers.push(head)
    stream.on('error', () => undefined)
    sendFolder(stream, head, folder).catch(() => stream.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const connection = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  endings.push(
    () => connection.destroy(),
    () => server.close(),
  )
  return { session: new ClientSession('s', connection, [syncFiles]), headers }
}

const receive = async (folder: readonly SentFile[]) => {
  const { session } = await clientWith(folder)
  const files: { name: string; type: string; content: Buffer }[] = []
  for await (const { entry, content } of receiveFiles(session, { folder: 'context' }, never)) {
    files.push({ name: entry.name, type: entry.type, content: Buffer.concat(await Array.fromAsync(content)) })
  }
  return files
}

describe('files of a client', () => {
  it('come as they are, whatever their sizes and order of arrival', async () => {
    const content = fc
      .tuple(fc.constantFrom(0, 1, 40_000, 300_000, 1_500_000, 5_000_000), fc.integer({ min: 1, max: 255 }))
      .map(([length, byte]) => Buffer.alloc(length, byte))
    await fc.assert(
      fc.asyncProperty(fc.array(content, { maxLength: 8 }), async (contents) => {
        const folder = contents.map((each, at) => ({ path: `f${at}`, content: each }))
        const files = await receive(folder)
        expect(files.map(({ name }) => name)).toEqual(folder.map(({ path }) => path))
        expect(files.every(({ content: got }, at) => got.equals(contents[at] ?? Buffer.alloc(0)))).toBe(true)
        endings.splice(0).forEach((end) => end())
      }),
      { numRuns: 15 },
    )
  })

  it('make an archive with links, modes, times to the nanosecond and names that are no text', async () => {
    const { session } = await clientWith([
      { path: 'd' },
      { path: 'd/one', content: 'one', over: { mode: 0x0080_01ed } },
      {
        path: 'd/two',
        content: 'one',
        over: { linkName: Buffer.from('d/one'), xattrs: { 'user.a': Buffer.from('b') } },
      },
      { path: 'link', over: { mode: 0x0800_01ff, linkName: Buffer.from('d/one') } },
      { path: 'name', content: 'x', over: { path: Buffer.from([0x66, 0xff]) } },
      { path: 'socket', over: { mode: 0x0100_01ed } },
    ])
    const transfer = { bytes: 0 }
    const archive = archiveOfFiles(receiveFiles(session, { folder: 'context' }, never), transfer)
    const entries: unknown[] = []
    for await (const { entry, content } of readTar(archive)) {
      const { name, type, mode, linkName, modifiedAt } = entry
      entries.push([name, type, mode, linkName, Buffer.concat(await Array.fromAsync(content)).toString()])
      expect(modifiedAt).toBe(1_700_000_000_123_456_789n)
    }
    expect(entries).toEqual([
      ['d/', 'directory', 0o755, '', ''],
      ['d/one', 'file', 0o4755, '', 'one'],
      ['d/two', 'hard-link', 0o644, 'd/one', ''],
      ['link', 'symlink', 0o777, 'd/one', ''],
      ['f\u00FF', 'file', 0o644, '', 'x'],
    ])
    expect(transfer.bytes).toBeGreaterThan(5 * 512)
  })

  it('are asked for with each pattern as a header of its own, and what is not ASCII escaped', async () => {
    const { session, headers } = await clientWith([])
    const wish = { folder: 'context', exclude: ['a', '!b c'], only: ['größe', 'x y'] }
    for await (const _file of receiveFiles(session, wish, never)) continue
    expect(headers[0]).toMatchObject({
      'dir-name': 'context',
      'exclude-patterns': 'a, !b c',
      followpaths: 'gr%C3%B6%C3%9Fe, x+y',
      'followpaths-encoded': '1',
    })
  })

  it('that grew or shrank meanwhile come as they were read, or are told when they are long', async () => {
    const files = await receive([{ path: 'short', content: 'longer', over: { size: 3 } }])
    expect(String(files[0]?.content)).toBe('longer')
    const long = { path: 'long', content: Buffer.alloc(2_000_000), over: { size: 3_000_000 } }
    await expect(receive([long])).rejects.toMatchObject({
      code: 'BUILD_CONTEXT_INVALID',
      message: 'long changed while it was sent',
    })
    await expect(receive([{ ...long, over: { size: 1_200_000 } }])).rejects.toThrow('long changed')
  })

  it('that the client cannot read are told, not taken as empty', async () => {
    await expect(receive([{ path: 'secret', content: '', over: { size: 5 } }])).rejects.toMatchObject({
      code: 'BUILD_CONTEXT_INVALID',
      message: 'secret could not be read by the client',
    })
  })

  it('are not waited for when the client is gone', async () => {
    const { session } = await clientWith([{ path: 'a', content: Buffer.alloc(9_000_000) }])
    const seen = (async () => {
      for await (const { content } of receiveFiles(session, { folder: 'context' }, never)) {
        for await (const _piece of content) endings.splice(0).forEach((end) => end())
      }
    })()
    await expect(seen).rejects.toMatchObject({ code: 'BUILDKIT_UNAVAILABLE' })
  })
})
