import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import { makeBusyboxImage } from '../../core/setup/busybox-image.ts'
import { EngineProcess } from '../e2e/engine-process.ts'
import { DockerdPeer, type DockerdPeerOptions } from '../peers/dockerd.ts'
import { processTree } from './process-tree.ts'

/** An engine that answers the docker CLI. */
export interface Contender {
  readonly name: string
  readonly socket: string
  readonly environment: Record<string, string>
  /** The process whose descendants are the engine's own. */
  readonly pid: number
  stop(): Promise<void>
}

export async function startMoby(): Promise<Contender> {
  const engine = await EngineProcess.start()
  return {
    name: 'moby',
    socket: engine.socket,
    environment: engine.environment(),
    pid: engine.pid,
    stop: async () => void (await engine.destroy()),
  }
}

export async function startDockerd(options: DockerdPeerOptions = {}): Promise<Contender> {
  const peer = await DockerdPeer.start(options)
  return {
    name: 'dockerd',
    socket: peer.socket,
    environment: peer.environment(),
    pid: peer.pid,
    stop: () => peer.stop(),
  }
}

/** Runs the docker CLI and insists on success. */
export async function docker(contender: Contender, args: readonly string[]): Promise<string> {
  const { stdout } = await execa('docker', args, { env: contender.environment })
  return stdout
}

export async function loadBusybox(contender: Contender): Promise<void> {
  const { archive } = await makeBusyboxImage({ reference: 'busybox:latest' })
  await execa('docker', ['load', '-q'], { env: contender.environment, input: archive })
}

/** Proportional memory of a process and its descendants, shims left out: MiB. */
export async function memoryOf(pid: number): Promise<number> {
  let kibibytes = 0
  for (const each of await processTree(pid)) {
    const rollup = await readFile(`/proc/${each}/smaps_rollup`, 'utf8').catch(() => '')
    kibibytes += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0)
  }
  return kibibytes / 1024
}
