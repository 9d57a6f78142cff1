import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { ContractDefinition, Descriptor, Implementation } from '@moby/contracts'
import type { Subject } from '@moby/contracts/conformance'
import { connectPeer } from '@moby/contracts/wire'
import { parse } from 'yaml'
import { createComponent, type ComponentSetting, type Neighbour } from './component-context.ts'
import { kernelModes, runInKernel, type KernelMode } from './kernel-subject.ts'

/**
 * `module`: called in this process, restarted by stop and create. `process` and `container`: in a process or container
 * of its own under a kernel, killed and started again by that. `wire`: for drivers that run as modules alone, called through the wire all the
 * same, in a process that is killed.
 */
export type Mode = 'module' | KernelMode | 'wire'

/** The modes in which a driver must pass. */
export function modesOf({ plugin }: DriverUnderTest): readonly Mode[] {
  const file = join(import.meta.dirname, '../../plugins', plugin, 'component.yaml')
  const { modes } = parse(readFileSync(file, 'utf8')) as Descriptor
  const outside = kernelModes.filter((mode) => modes.includes(mode))
  return ['module', ...(outside.length === 0 ? (['wire'] as const) : outside)]
}

/** A driver of the project as the matrix starts it. */
export interface DriverUnderTest {
  readonly plugin: string
  /** Tells rows of one plugin apart. */
  readonly variant?: string
  readonly contract: ContractDefinition
  readonly config?: Readonly<Record<string, unknown>>
  /** Components that it requires. */
  readonly neighbours?: readonly Neighbour[]
  /** Needs of cases that this driver cannot meet, each with the reason: those cases are left out of its rows. */
  readonly lacks?: Readonly<Record<string, string>>
  /** What the cases of the contract may use; `root` is a folder that is removed afterwards. */
  fixtures(root: string): Promise<Fixtures>
}

export interface Fixtures {
  readonly given: Readonly<Record<string, unknown>>
  close(): Promise<void>
}

/** A started driver. */
export interface StartedSubject {
  readonly subject: Subject<ContractDefinition, unknown>
  close(): Promise<void>
}

/** One life of a driver. */
export interface Run {
  readonly driver: object
  /** Ends it without warning, and answers the next life. */
  restart(): Promise<Run>
  end(): Promise<void>
}

const starts: Readonly<Record<Mode, (setting: ComponentSetting, contract: ContractDefinition) => Promise<Run>>> = {
  module: runDirect,
  process: (setting, contract) => runInKernel(setting, contract, 'process'),
  container: (setting, contract) => runInKernel(setting, contract, 'container'),
  wire: runProcess,
}

export async function startSubject(driver: DriverUnderTest, mode: Mode): Promise<StartedSubject> {
  const root = await mkdtemp(join(tmpdir(), 'ct-'))
  const setting: ComponentSetting = {
    plugin: driver.plugin,
    root,
    neighbours: driver.neighbours ?? [],
    ...(driver.config ? { config: driver.config } : {}),
  }
  const fixtures = await driver.fixtures(root)
  const cleanUp = async (): Promise<void> => {
    await fixtures.close()
    await rm(root, { recursive: true, force: true })
  }
  let run = await starts[mode](setting, driver.contract).catch(async (error: unknown) => {
    await cleanUp()
    throw error
  })
  return {
    subject: {
      get driver() {
        return run.driver as Implementation<ContractDefinition>
      },
      fixtures: fixtures.given,
      async restart() {
        run = await run.restart()
      },
    },
    async close() {
      await run.end()
      await cleanUp()
    },
  }
}

async function runDirect(setting: ComponentSetting, contract: ContractDefinition): Promise<Run> {
  const running = await createComponent(setting)
  return {
    driver: running.provides[contract.id] as object,
    restart: async () => {
      await running.stop?.('leave-containers')
      return await runDirect(setting, contract)
    },
    end: async () => running.stop?.('stop-containers'),
  }
}

async function runProcess(setting: ComponentSetting, contract: ContractDefinition): Promise<Run> {
  const socketPath = join(setting.root, 'socket')
  await rm(socketPath, { force: true })
  const child = fork(join(import.meta.dirname, 'serve-component.ts'), [JSON.stringify(setting)], {
    execPath: process.execPath,
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  await ready(child, setting.plugin)
  const peer = connectPeer({ socketPath })
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    peer.close()
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
  return {
    driver: peer.contract(contract),
    restart: async () => {
      await stop('SIGKILL')
      return await runProcess(setting, contract)
    },
    end: () => stop('SIGTERM'),
  }
}

async function ready(child: ChildProcess, plugin: string): Promise<void> {
  const [first] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[]
  if (first !== 'ready') throw new Error(`the process of ${plugin} ended with ${String(first)} before it served`)
}
