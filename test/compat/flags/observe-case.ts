import { setTimeout as sleep } from 'node:timers/promises'
import { normalize } from '../normalize.ts'
import type { Case, ContainerCase } from './case.ts'
import { runLine } from './run-line.ts'
import type { Scene } from './scene.ts'
import { splitWords } from './split-words.ts'

/** Everything that is compared of a case. */
export type Observed = Readonly<Record<string, unknown>>

/** Runs a line and what belongs to it. */
export async function observeCase(scene: Scene, one: Case): Promise<Observed> {
  for (const line of one.before ?? []) await runLine(scene, line)
  const printed = await runLine(scene, one.line, one)
  const after = await observeAfter(scene, one)
  return tidy(scene, { ...printed, ...after })
}

/** The same for `run` or `create`: the container is inspected, started where it was made only, and removed. */
export async function observeContainer(scene: Scene, verb: 'run' | 'create', one: ContainerCase): Promise<Observed> {
  for (const line of one.before ?? []) await runLine(scene, line)
  const made = await runLine(scene, containerLine(verb, one), one)
  if (verb === 'run' && one.settles === true && one.until !== undefined) await repeat(scene, ...one.until)
  const inspect = { inspect: await inspectCase(scene) }
  const start =
    one.detached === true
      ? 'start case'
      : splitWords(one.flags).includes('--interactive')
        ? 'start -a -i case'
        : 'start -a case'
  const started = verb === 'create' && made.exitCode === 0 ? { started: await runLine(scene, start, one) } : {}
  const after = await observeAfter(scene, one)
  await scene.subject.api('DELETE', '/containers/case?force=1&v=1')
  return tidy(scene, { ...made, ...inspect, ...started, ...after })
}

/** The line of a case of `run` or `create`. */
export function containerLine(verb: 'run' | 'create', one: ContainerCase): string {
  const words = splitWords(one.flags)
  const name = words.includes('--name') ? '' : ' --name case'
  const detached = verb === 'run' && one.detached === true && !words.includes('--detach') ? ' -d' : ''
  const command = one.command ?? `sh -c '${one.look ?? 'true'}'`
  return `${verb}${name}${detached} ${one.flags.replaceAll('VERB', verb)} ${one.image ?? 'busybox'} ${command}`.trim()
}

async function observeAfter(scene: Scene, one: Omit<Case, 'line'>): Promise<Observed> {
  const { until } = one
  if (until !== undefined) await repeat(scene, ...until)
  const after: Record<string, unknown> = {}
  for (const line of one.after ?? []) after[line] = await runLine(scene, line)
  return after
}

async function repeat(scene: Scene, line: string, shows: RegExp): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (shows.test((await runLine(scene, line)).stdout)) return
    await sleep(100)
  }
}

/** The container without what an engine chooses for itself: where layers lie, processes that ended. */
async function inspectCase(scene: Scene): Promise<unknown> {
  const { status, body } = await scene.subject.api('GET', '/containers/case/json')
  if (status !== 200) return status
  const { GraphDriver: _, Driver: _driver, ...rest } = body as Record<string, unknown>
  return rest
}

function tidy(scene: Scene, observed: Observed): Observed {
  const plain = JSON.parse(scene.unfill(JSON.stringify(observed))) as unknown
  return normalize(plain, scene.subject) as Observed
}
