import process from 'node:process'
import { afterAll, beforeAll, describe } from 'vitest'
import { makeBusyboxImage } from '../../core/setup/busybox-image.ts'
import { startDockerdSubject, startMobySubject, type Subject } from '../compat/subject.ts'
import { mustSkip } from '../skips.ts'
import type { EngineProcess } from './engine-process.ts'

/** With MOBY_TRAPS_ENGINE=dockerd the engine is the dockerd of `make-dockerd`: what the cases expect is what that one does. */
const onDockerd = process.env['MOBY_TRAPS_ENGINE'] === 'dockerd'

/** What the topics of a test file share. */
export interface SharedEngine {
  /** The engine by its API and the docker command, whichever engine it is. */
  readonly subject: Subject
  /** Its process. Fails when it is not an engine of this project. */
  readonly engine: EngineProcess
}

/** Adds a topic to the file: its tests, in a suite of that title. */
export type Topic = (title: string, prove: (shared: SharedEngine) => void) => void

/**
 * One engine for all topics of a test file: to start and to end one costs more than most of them do. Each topic begins
 * with busybox and nothing else, whatever those before it have left. Containers that are left at the end are for the
 * engine to take away.
 *
 * `topic`: what any engine is held against. `own`: what looks into the process or folders of this one, and is left out
 * where the engine is another one. With `needs` all topics are left out where that is missing.
 */
export function shareEngine({ needs }: { readonly needs?: Parameters<typeof mustSkip>[0] } = {}): {
  readonly topic: Topic
  readonly own: Topic
} {
  const isLeftOut = needs !== undefined && mustSkip(needs)
  let started: Subject | undefined
  let busybox: Uint8Array | undefined
  const shared: SharedEngine = {
    get subject() {
      if (started === undefined) throw new Error('The shared engine is there from the first hook of a topic on')
      return started
    },
    get engine() {
      const { engine } = this.subject.facts
      if (engine === undefined) throw new Error(`The process of ${this.subject.name} is not for tests to use`)
      return engine
    },
  }

  beforeAll(async () => {
    if (isLeftOut) return
    started = await (onDockerd ? startDockerdSubject() : startMobySubject({ endsContainers: true }))
    busybox = (await makeBusyboxImage({ reference: 'busybox:latest' })).archive
  })
  afterAll(async () => await started?.stop())

  const add = (title: string, prove: (shared: SharedEngine) => void, isSkipped: boolean) =>
    describe.skipIf(isSkipped)(title, () => {
      beforeAll(async () => await renew(shared.subject, Buffer.from(busybox ?? [])))
      prove(shared)
    })
  return {
    topic: (title, prove) => add(title, prove, isLeftOut),
    own: (title, prove) => add(title, prove, isLeftOut || onDockerd),
  }
}

/** Takes away everything but busybox. Fails when something cannot be taken away. */
async function renew(subject: Subject, busybox: Buffer): Promise<void> {
  const must = async (method: string, path: string, body?: Buffer) => {
    const answer = await subject.api(method, path, body)
    if (answer.status >= 400)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const prune = async (kind: string, filters: object = {}) =>
    await must('POST', `/${kind}/prune?filters=${encodeURIComponent(JSON.stringify(filters))}`)
  for (const { Id } of (await must('GET', '/containers/json?all=1')) as { Id: string }[]) {
    await must('DELETE', `/containers/${Id}?force=1&v=1`)
  }
  await prune('networks')
  await prune('volumes', { all: ['true'] })
  await must('POST', '/build/prune?all=1')
  await prune('images', { dangling: ['false'] })
  await must('POST', '/images/load?quiet=1', busybox)
}
