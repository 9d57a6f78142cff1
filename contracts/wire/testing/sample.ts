import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type } from 'typebox'
import {
  Bytes,
  Closed,
  defineContract,
  implement,
  Int64,
  Maybe,
  Nothing,
  Open,
  StringMap,
  type Implementation,
} from '../../component/index.ts'
import { codedError } from '../../errors/index.ts'
import { connectPeer, type Peer } from '../connect.ts'
import { serveContracts, type ServeOptions, type WireServer } from '../serve.ts'
import type { WireLimits } from '../limits.ts'

/** A contract with one method of each shape, for the tests of the wire. */
export const sample = defineContract({
  id: 'test.sample',
  version: '0.3.1',
  doc: 'Methods of every shape.',
  overlap: 'shared',
  selection: 'driver',
  methods: {
    echo: {
      doc: 'Answers with what it got.',
      request: Closed({
        text: Maybe(Type.String({ maxLength: 1_000_000 })),
        labels: Maybe(StringMap('Words')),
        big: Maybe(Int64('Large')),
        bytes: Maybe(Bytes('Any')),
        parts: Maybe(Type.Array(Closed({ name: Type.String(), data: Bytes('Any') }))),
        free: Maybe(Type.Unknown()),
      }),
      response: Open({ got: Type.Unknown(), bytes: Maybe(Bytes('The same')) }),
      errors: [],
      // None of the tests is about it: a busy host must not come near.
      deadlineMs: 20_000,
      idempotent: true,
    },
    act: {
      doc: 'Does something once.',
      request: Nothing,
      response: Open({}),
      errors: [],
      deadlineMs: 20_000,
      idempotent: false,
    },
    hurry: {
      doc: 'Must not take long.',
      request: Nothing,
      response: Open({}),
      errors: [],
      deadlineMs: 300,
      idempotent: false,
    },
    upload: {
      doc: 'Counts bytes.',
      request: Closed({ stopAfter: Maybe(Type.Integer()) }),
      input: 'bytes',
      response: Open({ length: Int64('Bytes'), digest: Type.String() }),
      errors: [],
      deadlineMs: 0,
      idempotent: false,
    },
    download: {
      doc: 'Sends bytes.',
      request: Closed({ chunks: Type.Integer(), size: Type.Integer(), failAfter: Maybe(Type.Integer()) }),
      output: 'bytes',
      errors: [],
      deadlineMs: 0,
      idempotent: true,
    },
    records: {
      doc: 'Counts.',
      request: Closed({ count: Type.Integer() }),
      output: Closed({ n: Type.Integer(), data: Bytes('n zeros') }),
      errors: [],
      deadlineMs: 0,
      idempotent: true,
    },
    talk: {
      doc: 'Answers each piece with its upper case.',
      request: Closed({ greeting: Type.String() }),
      input: 'bytes',
      output: Open({ said: Type.String() }),
      errors: [],
      deadlineMs: 0,
      idempotent: false,
    },
  },
})
export type Sample = Implementation<typeof sample>

/** A well-behaved implementation. */
export function makeSample(overrides: Partial<Sample> = {}): Sample {
  return implement(sample, {
    async echo(request) {
      const { bytes, ...rest } = request
      return { got: rest, ...(bytes === undefined ? {} : { bytes }) }
    },
    async act() {
      return {}
    },
    async hurry() {
      return {}
    },
    async upload({ stopAfter }, input) {
      let length = 0
      for await (const piece of input) {
        length += piece.length
        if (stopAfter !== undefined && length >= stopAfter) throw codedError('VOLUME_IN_USE', 'enough')
      }
      return { length: String(length), digest: '' }
    },
    async *download({ chunks, size, failAfter }) {
      for (let n = 0; n < chunks; n++) {
        if (n === failAfter) throw codedError('SNAPSHOT_NOT_FOUND', 'gone meanwhile', { hint: 'try another' })
        yield new Uint8Array(size).fill(n)
      }
    },
    async *records({ count }) {
      for (let n = 0; n < count; n++) yield { n, data: new Uint8Array(n) }
    },
    async *talk({ greeting }, input) {
      yield { said: greeting }
      for await (const piece of input) yield { said: new TextDecoder().decode(piece).toUpperCase() }
    },
    ...overrides,
  })
}

export interface Wired {
  readonly driver: Sample
  readonly peer: Peer
  readonly server: WireServer
  readonly socketPath: string
  readonly defects: unknown[]
  close(): Promise<void>
}

/** Serves an implementation on a socket of its own and connects to it. */
export async function wire(
  implementation: Sample,
  options: { server?: Partial<WireLimits>; client?: Partial<WireLimits> } & Partial<ServeOptions> = {},
): Promise<Wired> {
  const folder = await mkdtemp(join(tmpdir(), 'wire-'))
  const socketPath = join(folder, 's')
  const defects: unknown[] = []
  const server = serveContracts({
    component: 'test/sample',
    version: '1.2.3',
    implementations: [{ contract: sample, implementation }],
    limits: options.server,
    onDefect: (error) => defects.push(error),
    onFailure: options.onFailure,
  })
  await server.listen(socketPath)
  const peer = connectPeer({ socketPath, limits: options.client })
  return {
    driver: peer.contract(sample),
    peer,
    server,
    socketPath,
    defects,
    async close() {
      peer.close()
      await server.close(0)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
