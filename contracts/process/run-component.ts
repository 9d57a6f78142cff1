import { rmSync } from 'node:fs'
import process from 'node:process'
import { contractCatalog } from '../catalog.ts'
import type { ContractDefinition } from '../component/contract.ts'
import {
  implement,
  type ComponentModule,
  type RunningComponent,
  type StopReason,
} from '../component/define-component.ts'
import { componentDiscovery } from '../component/discovery.ts'
import { componentLifecycle } from '../component/lifecycle.ts'
import { codedError } from '../errors/index.ts'
import { logFailures } from '../wire/call-failure.ts'
import { connectPeer } from '../wire/connect.ts'
import { toEnvelope } from '../wire/envelope.ts'
import { serveContracts, type ServedContract } from '../wire/serve.ts'
import { lineLogger } from './line-logger.ts'
import { OfferedDrivers } from './offered-drivers.ts'
import { readProcessContext } from './read-context.ts'
import { makeRemoteContext } from './remote-context.ts'

export interface RunOptions {
  /** Contracts that it provides and that are not of this package. */
  readonly contracts?: readonly ContractDefinition[]
}

/** Milliseconds that calls in flight have when the process is asked to end. */
const closeMs = 1_000

/**
 * Runs a component as a process of its own, as an engine starts it (docs/reference/process-components.md): reads
 * MOBY_CONTEXT, creates the component with proxies for what it requires, serves its contracts, stops when it is told
 * to, and ends the process when the engine is gone. A component that cannot be created ends the process with
 * exit status 1 and its error as the last line.
 */
export async function runComponent(
  module: ComponentModule<never> | Promise<ComponentModule<never>>,
  options: RunOptions = {},
): Promise<void> {
  endWithEngine()
  const log = lineLogger((line) => process.stdout.write(line))
  process.on('unhandledRejection', (reason) => {
    const stack = reason instanceof Error ? reason.stack : String(reason)
    log.error('a promise failed and nobody heard it; this is a defect', { stack })
  })
  try {
    await serve(await module, options, log)
  } catch (error) {
    const { error: told } = toEnvelope(error).body
    log.error(String(told['message']), { error: told })
    process.exit(1)
  }
}

async function serve(
  module: ComponentModule<never>,
  options: RunOptions,
  log: ReturnType<typeof lineLogger>,
): Promise<void> {
  const told = readProcessContext(process.env)
  const stopping = new AbortController()
  const kernel = connectPeer({ socketPath: told.requires.socket, onFailure: logFailures(log, 'caller') })
  const known = (id: string) => (options.contracts ?? []).find((each) => each.id === id) ?? contractCatalog.get(id)
  const offered = new OfferedDrivers({
    entry: told.name,
    contracts: (told.offers ?? []).map((id) => known(id) ?? unknownContract(id)),
    kernel,
    log,
  })
  let restriction: string | undefined
  const context = makeRemoteContext({
    told,
    kernel,
    log,
    signal: stopping.signal,
    offered,
    onDegraded: (reason) => (restriction = reason),
  })
  const running = await module.create(context as never)
  let stopped: Promise<void> | undefined
  const stop = (reason: StopReason): Promise<void> => {
    stopping.abort()
    return (stopped ??= (async () => running.stop?.(reason))())
  }
  const server = serveContracts({
    component: told.component.name,
    version: told.component.version,
    implementations: [
      ...Object.entries(running.provides).map(([id, implementation]) => ({
        contract: known(id) ?? unknownContract(id),
        implementation: implementation as object,
      })),
      ...offered.served(),
      ...(told.offers === undefined ? [] : [discoveryOf(running, offered)]),
      {
        contract: componentLifecycle,
        implementation: {
          start: async () => running.start?.(),
          stop: async ({ reason }: { reason: StopReason }) => await stop(reason),
          health: async () =>
            restriction === undefined ? { status: 'ready' } : { status: 'degraded', reason: restriction },
        },
      },
    ],
    onDefect: (error, subject) => log.error('failed by a defect', { subject, stack: (error as Error)?.stack }),
    onFailure: logFailures(log, 'server'),
  })
  // Who answers has been heard: whoever starts after this component finds what it has offered so far.
  await offered.told()
  rmSync(told.listen, { force: true })
  await server.listen(told.listen)
  const end = async (): Promise<void> => {
    await stop('leave-containers').catch((error: unknown) => log.error('did not stop well', { error: String(error) }))
    await server.close(closeMs)
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end())
}

/** The engine holds the other end of the standard input: its end means that the engine is gone, however it ended. */
function endWithEngine(): void {
  const end = (): never => process.exit(0)
  process.stdin.on('end', end).on('close', end).on('error', end).resume()
  // A reader of the log that is gone must not end the process by an error that nobody catches.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}

function discoveryOf(running: RunningComponent, offered: OfferedDrivers): ServedContract {
  const implementation = implement(componentDiscovery, {
    discover: async ({ contract, driver }) => {
      running.discover?.(contract, driver)
      await offered.told()
      return {}
    },
  })
  return { contract: componentDiscovery, implementation }
}

function unknownContract(id: string): never {
  throw codedError('NOT_SUPPORTED', `The component provides ${id}, whose definition is not known here`, {
    hint: 'give its definition to runComponent: { contracts: [...] }',
  })
}
