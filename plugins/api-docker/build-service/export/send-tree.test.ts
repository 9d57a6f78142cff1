import { once } from 'node:events'
import { connect, createServer, type ServerHttp2Stream } from 'node:http2'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyFile, endMark, paddingOf, writeHeader, type TarEntry } from '@moby/lib-tar'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { GrpcFrameReader, grpcFrame } from '../../buildkit/grpc-frames.ts'
import { Packet, packetTypes, type Stat } from '../messages/session-messages.ts'
import { ProgressLog } from '../progress/progress-log.ts'
import { beginStep } from '../progress/steps.ts'
import { ClientSession } from '../session/client-session.ts'
import { typeOfGoMode } from '../session/file-mode.ts'
import { sendFiles } from './send-archive.ts'
import { sendTree } from './send-tree.ts'
import { SpooledTree } from './spooled-tree.ts'

const never = new AbortController().signal
let folder: string
const endings: (() => void)[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spool-'))
})
afterEach(async () => {
  endings.splice(0).forEach((end) => end())
  await rm(folder, { recursive: true, force: true })
})

type Given = Partial<TarEntry> & { readonly name: string; readonly content?: string }

async function* archiveOf(entries: readonly Given[]): AsyncGenerator<Uint8Array, void> {
  for (const { content = '', ...entry } of entries) {
    yield writeHeader({ ...emptyFile, modifiedAt: 1_700_000_000_000_000_005n, ...entry, size: content.length })
    yield Buffer.from(content)
    yield new Uint8Array(paddingOf(content.length))
  }
  yield endMark
}

interface Received {
  readonly stats: Stat[]
  readonly contents: Map<string, string>
}

/** A client that takes a folder as fsutil does, and asks for contents from the last to the first. */
async function receiver(fail = false): Promise<{ session: ClientSession; received: Received }> {
  const received: Received = { stats: [], contents: new Map() }
  const server = createServer()
  server.on('stream', (stream) => {
    stream.on('error', () => undefined)
    void take(stream, received, fail)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const connection = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  endings.push(
    () => connection.destroy(),
    () => server.close(),
  )
  return { session: new ClientSession('s', connection, [sendFiles]), received }
}

async function take(stream: ServerHttp2Stream, { stats, contents }: Received, fail: boolean): Promise<void> {
  stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  const send = (packet: Partial<Packet>) => stream.write(grpcFrame(Packet.encode(packet)))
  const frames = new GrpcFrameReader(16 * 1024 * 1024)
  const awaited = new Set<number>()
  let isTold = false
  for await (const piece of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    for (const { type, stat, id, data } of frames.take(piece).map((message) => Packet.decode(message))) {
      if (type === packetTypes.finish) return void stream.end()
      if (stat !== undefined) stats.push(stat)
      else if (type === packetTypes.stat) {
        isTold = true
        if (fail) send({ type: packetTypes.error, data: Buffer.from('the disk is full') })
        for (const [at, told] of [...stats.entries()].toReversed()) {
          if (typeOfGoMode(told.mode) !== 'file' || told.linkName.length > 0) continue
          awaited.add(at)
          contents.set(String(Buffer.from(told.path)), '')
          send({ type: packetTypes.request, id: at })
        }
      } else if (data.length === 0) awaited.delete(id)
      else {
        const path = String(Buffer.from(stats[id]?.path ?? []))
        contents.set(path, contents.get(path) + String(Buffer.from(data)))
      }
    }
    if (!isTold || awaited.size > 0) continue
    isTold = false
    send({ type: packetTypes.finish })
  }
}

const step = () => beginStep(new ProgressLog(), 'export')

test('a tree is told in the order of its paths, each file once, and its contents in any order that is asked for', async () => {
  const { session, received } = await receiver()
  const long = 'x'.repeat(700_000)
  const tree = await SpooledTree.take(
    archiveOf([
      { name: 'b', content: 'of b', mode: 0o4755 },
      { name: 'a-c', content: long },
      { name: 'a/', type: 'directory', mode: 0o1777 },
      { name: 'a/z', type: 'hard-link', linkName: 'b' },
      { name: 'a/link', type: 'symlink', linkName: '../b', mode: 0o777 },
      { name: './c/', type: 'directory' },
      { name: './c/empty' },
    ]),
    folder,
  )
  await sendTree(session, tree, { index: 0, signal: never, step: step() })
  await tree.close()
  const told = received.stats.map(({ path, linkName, mode }) => [
    String(Buffer.from(path)),
    String(Buffer.from(linkName)),
    mode,
  ])
  expect(told).toEqual([
    ['a', '', 0x8010_01ff],
    ['a/link', '../b', 0x0800_01ff],
    // The first of its names is the file, wherever the archive had its content.
    ['a/z', '', 0x0080_01ed],
    ['a-c', '', 0o644],
    ['b', 'a/z', 0x0080_01ed],
    ['c', '', 0x8000_01a4],
    ['c/empty', '', 0o644],
  ])
  expect(received.stats.every(({ modifiedAt }) => modifiedAt === 1_700_000_000_000_000_005n)).toBe(true)
  expect(Object.fromEntries(received.contents)).toEqual({ 'a/z': 'of b', 'a-c': long, 'c/empty': '' })
  expect(await readdir(folder)).toEqual([])
})

test('a client that cannot take the files ends the sending with its reason', async () => {
  const { session } = await receiver(true)
  const tree = await SpooledTree.take(archiveOf([{ name: 'a', content: 'a' }]), folder)
  await expect(sendTree(session, tree, { index: 0, signal: never, step: step() })).rejects.toMatchObject({
    code: 'BUILD_STEP_FAILED',
    message: 'The client of the build did not take its files: the disk is full',
  })
  await tree.close()
})

test('an archive that is broken leaves no file and no descriptor', async () => {
  const cut = async function* () {
    yield writeHeader({ ...emptyFile, name: 'a', size: 1000 })
  }
  await expect(SpooledTree.take(cut(), folder)).rejects.toMatchObject({ code: 'ARCHIVE_TRUNCATED' })
  expect(await readdir(folder)).toEqual([])
})
