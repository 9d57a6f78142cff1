import type { EngineProcess } from '../e2e/engine-process.ts'
import { until } from '../e2e/until.ts'
import { runCycles } from './run-cycles.ts'
import { addedTo, residentMiB, whatIsHeld } from './what-is-held.ts'

export interface Cycled {
  readonly seconds: number
  /** What the engine's memory has grown by, in MiB. */
  readonly growth: number
}

/**
 * Runs cycles on an engine that has busybox, after some that fill its pools, and insists that it holds no more of the host
 * than before. What is let go late is waited for.
 */
export async function proveCycles(engine: EngineProcess, count: number, warmUp: number): Promise<Cycled> {
  await runCycles(engine, warmUp)
  let held = await whatIsHeld(engine)
  // Pools are filled behind the answers: at rest is what does not change any more.
  await until(async () => {
    const before = held
    held = await whatIsHeld(engine)
    return addedTo(before, held).length === 0 && addedTo(held, before).length === 0
  })
  const memory = await residentMiB(engine.pid)
  const began = performance.now()
  await runCycles(engine, count)
  const seconds = (performance.now() - began) / 1000
  let more: string[] = []
  await until(async () => {
    more = addedTo(held, await whatIsHeld(engine))
    return more.length === 0
  }, 30_000).catch(() => undefined)
  if (more.length > 0) throw new Error(`${count} cycles have left:\n${more.join('\n')}`)
  return { seconds, growth: (await residentMiB(engine.pid)) - memory }
}
