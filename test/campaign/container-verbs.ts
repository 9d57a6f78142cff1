import { isDone, type Answer, type Calls } from './calls.ts'
import { everyStatus, isCertain, type ContainerModel, type Status } from './model.ts'

/** A request on one container and what it means for the expectations. */
export interface Verb {
  readonly name: string
  /** Statuses from which it must succeed. */
  readonly from: readonly Status[]
  readonly request: (container: ContainerModel) => { method: string; path: string; body?: unknown }
  /** What is true once it has been acknowledged. */
  readonly apply: (container: ContainerModel) => void
  /** Statuses that it may leave behind when it was cut short, beside the one before. */
  readonly between: readonly Status[]
}

const post = (action: string) => (container: ContainerModel) => ({
  method: 'POST',
  path: `/containers/${container.id}/${action}`,
})

/** Nothing of the expected container is left, or it is at rest with one of these codes. */
function ended(container: ContainerModel, exitCodes: readonly number[]): void {
  if (container.autoRemove) container.presence = 'gone'
  container.statuses = ['exited']
  container.exitCodes = exitCodes
}

function started(container: ContainerModel): void {
  container.starts += 1
  if (container.kind === 'brief') ended(container, [container.exitCode])
  else container.statuses = container.kind === 'failing' ? ['running', 'exited'] : ['running']
  // It ends by itself, and is only then removed.
  if (container.kind === 'brief' && container.autoRemove) container.presence = 'gone'
  if (container.kind === 'failing') container.exitCodes = [9, 137]
}

const endCodes = ({ kind, exitCode }: ContainerModel): number[] => {
  if (kind === 'polite') return [5, 137, 143]
  return kind === 'brief' ? [exitCode, 137, 143] : [137, 143, 9]
}

export const verbs: readonly Verb[] = [
  {
    name: 'start',
    from: ['created', 'exited'],
    request: post('start'),
    apply: started,
    between: ['running', 'exited'],
  },
  {
    name: 'stop',
    from: ['running', 'paused'],
    request: post('stop?t=1'),
    apply: (container) => ended(container, endCodes(container)),
    between: ['exited', 'running'],
  },
  {
    name: 'kill',
    from: ['running'],
    request: post('kill'),
    apply: (container) => ended(container, container.kind === 'brief' ? endCodes(container) : [137, 9]),
    between: ['exited'],
  },
  {
    name: 'restart',
    from: ['running'],
    request: post('restart?t=0'),
    apply: started,
    between: ['exited', 'running', 'created'],
  },
  {
    name: 'pause',
    from: ['running'],
    request: post('pause'),
    apply: (container) => void (container.statuses = ['paused']),
    between: ['paused'],
  },
  {
    name: 'unpause',
    from: ['paused'],
    request: post('unpause'),
    apply: (container) => void (container.statuses = ['running']),
    between: ['running'],
  },
  {
    name: 'remove',
    from: ['created', 'exited', 'running', 'paused'],
    request: ({ id }) => ({ method: 'DELETE', path: `/containers/${id}?force=1&v=1` }),
    apply: (container) => void (container.presence = 'gone'),
    between: ['exited'],
  },
]

/** Sends it and takes the answer into the expectations. Reports a refusal of what must work. */
export async function perform(calls: Calls, container: ContainerModel, verb: Verb): Promise<void> {
  const { statuses, presence, endingUntil } = container
  const before = { certain: isCertain(container), statuses, presence, endingUntil }
  const { method, path, body } = verb.request(container)
  doubt(container, verb)
  const answer = await calls.send(method, path, body)
  if (answer === undefined) return
  if (isDone(answer)) {
    container.statuses = before.statuses
    container.endingUntil = before.endingUntil
    container.presence = before.presence === 'gone' ? 'gone' : 'there'
    if (answer.status === 304) changedNothing(container, verb)
    else verb.apply(container)
    return
  }
  if (before.certain && verb.from.some((status) => before.statuses.includes(status)) && mustSucceed(container, verb)) {
    calls.report(`${verb.name} of a ${container.kind} that is ${before.statuses.join()} answered ${told(answer)}`)
  }
}

/** It was running, or at rest, already. */
function changedNothing(container: ContainerModel, verb: Verb): void {
  const { starts, presence } = container
  verb.apply(container)
  container.starts = starts
  if (verb.name !== 'stop') return
  container.statuses = ['created', 'exited']
  container.exitCodes = []
  if (container.autoRemove && presence !== 'gone') container.presence = 'unknown'
}

/** A container that ends by itself may have ended before the request came. */
function mustSucceed({ kind, autoRemove }: ContainerModel, { name }: Verb): boolean {
  if (kind === 'brief' || kind === 'failing' || kind === 'broken') return name === 'remove' && !autoRemove
  return true
}

/** A stop that an engine takes over has its whole time again. */
const longestStopMs = 15_000

/** Until the answer has come, either side of the change is right. */
export function doubt(container: ContainerModel, { name, between }: Verb): void {
  container.statuses = [...new Set([...container.statuses, ...between])]
  container.exitCodes = []
  if (container.presence === 'there' && (name === 'remove' || container.autoRemove)) container.presence = 'unknown'
  if (name === 'stop' || name === 'restart' || name === 'kill') container.endingUntil = Date.now() + longestStopMs
  if (name === 'start' || name === 'restart') container.startsInDoubt = true
}

/** After requests whose order nobody knows. */
export function doubtAll(container: ContainerModel): void {
  container.statuses = everyStatus
  container.exitCodes = []
  container.startsInDoubt = true
}

function told(answer: NonNullable<Answer>): string {
  return `${answer.status}: ${answer.body.trim()}`
}
