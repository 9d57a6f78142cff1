import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { ContractDefinition, Implementation } from '@moby/contracts'
import type { Subject } from '@moby/contracts/conformance'
import { connectPeer } from '@moby/contracts/wire'
import { createComponent, type ComponentSetting, type Neighbour } from './component-context.ts'

/** `direct`: called in this process, restarted by stop and create. `http`: in a process of its own, which is killed. */
export const modes = ['direct', 'http'] as const
export type Mode = (typeof modes)[number]

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

interface Run {
  readonly driver: object
  crash(): Promise<void>
  end(): Promise<void>
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
  const begin = (): Promise<Run> =>
    mode === 'direct' ? runDirect(setting, driver.contract) : runProcess(setting, driver.contract)
  const cleanUp = async (): Promise<void> => {
    await fixtures.close()
    await rm(root, { recursive: true, force: true })
  }
  let run = await begin().catch(async (error: unknown) => {
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
        await run.crash()
        run = await begin()
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
    crash: async () => running.stop?.('leave-containers'),
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
  return { driver: peer.contract(contract), crash: () => stop('SIGKILL'), end: () => stop('SIGTERM') }
}

async function ready(child: ChildProcess, plugin: string): Promise<void> {
  const [first] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[]
  if (first !== 'ready') throw new Error(`the process of ${plugin} ended with ${String(first)} before it served`)
}
