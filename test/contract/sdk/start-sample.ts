import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { componentKernel, implement, type ProcessContext } from '@moby/contracts'
import { connectPeer, serveContracts, type Peer, type WireServer } from '@moby/contracts/wire'
import { makeSample, sample, type Sample } from '../../../contracts/wire/testing/sample.ts'

/** A component in another language that serves `test.sample`. */
export interface StartedSample {
  readonly driver: Sample
  readonly peer: Peer
  readonly socketPath: string
  readonly child: ChildProcess
  readonly data: string
  /** Lines of its log. */
  readonly lines: readonly string[]
  /** What it told the kernel. */
  readonly told: readonly (string | undefined)[]
  close(): Promise<void>
}

/** Starts the program as the kernel does; what it requires is a sample in this process. */
export async function startSample(
  command: readonly string[],
  config: Readonly<Record<string, unknown>> = {},
  required: Sample = makeSample(),
): Promise<StartedSample> {
  const root = await mkdtemp(join(tmpdir(), 'sdk-'))
  const folders = { data: join(root, 'data'), run: join(root, 'run') }
  for (const folder of Object.values(folders)) await mkdir(folder)
  const told: (string | undefined)[] = []
  const requires = join(root, 'needs')
  const server = await serveRequired(requires, required, told)
  const context: ProcessContext = {
    protocol: 1,
    name: 'sample-1',
    component: { name: 'test/sample', version: '1.2.3' },
    assembly: { name: 'tests', version: '0.1.0' },
    instance: { id: '0a1b2c3d', dataRoot: root, runRoot: root },
    folders,
    config,
    listen: join(root, 'listen'),
    requires: { socket: requires, contracts: [{ contract: sample.id, version: sample.version }] },
  }
  await writeFile(join(folders.run, 'context.json'), JSON.stringify(context))
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], MOBY_CONTEXT: join(folders.run, 'context.json') },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => lines.push(...String(chunk).trimEnd().split('\n')))
  }
  const peer = connectPeer({ socketPath: context.listen })
  const started: StartedSample = {
    driver: peer.contract(sample),
    peer,
    socketPath: context.listen,
    child,
    data: folders.data,
    lines,
    told,
    async close() {
      peer.close()
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit')
        child.kill('SIGKILL')
        await ended
      }
      await server.close(0)
      await rm(root, { recursive: true, force: true })
    },
  }
  await untilItServes(started)
  return started
}

async function serveRequired(path: string, implementation: Sample, told: (string | undefined)[]): Promise<WireServer> {
  const kernel = implement(componentKernel, {
    async degraded({ reason }) {
      told.push(reason)
      return {}
    },
    offer: async () => ({}),
    withdraw: async () => ({}),
  })
  const server = serveContracts({
    component: 'moby/kernel',
    version: '0.1.0',
    implementations: [
      { contract: sample, implementation },
      { contract: componentKernel, implementation: kernel },
    ],
  })
  await server.listen(path)
  return server
}

async function untilItServes({ peer, child, lines, close }: StartedSample): Promise<void> {
  for (let left = 1_000; left > 0; left--) {
    if ((await peer.handshake(1_000).catch(() => undefined)) !== undefined) return
    if (child.exitCode !== null) break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await close()
  throw new Error(`the sample does not serve:\n${lines.join('\n')}`)
}
