import { resolve } from 'node:path'
import { codedError, hasCode, isCodedError } from '@moby/contracts'
import { makeGeneration, type CurrentGeneration } from '../kernel/generation.ts'
import { readAssembly, verifyAssembly, type ReadOptions, type WantedAssembly } from '../kernel/read-assembly.ts'
import { reasonOf } from '../lifecycle/boot-failure.ts'
import type { Member } from '../lifecycle/member.ts'
import { parseLock } from '../lock/lock-file.ts'
import { parseDaemonFile } from '../daemon-json/daemon-file.ts'
import { parseManifest } from '../manifest/load-manifest.ts'
import { renderError } from '../manifest/render-error.ts'
import { ApplyChange, type ApplyParts } from './apply-change.ts'
import { makeChangeSet, type ChangeSet } from './change-set.ts'
import type { ChangeOrigin, GenerationRecord, GenerationStore } from './generation-store.ts'
import { holdersOf, runningEntries } from './running-entries.ts'
import { makePlan } from './make-plan.ts'
import { isEmpty, type Plan } from './plan.ts'
import { prepareFiles, type FileParts } from './prepare-files.ts'
import { collectPayloads } from './collect-payloads.ts'
import { isProvided, retiredRecord } from './retired-entries.ts'
import { daemonRecord } from './start-record.ts'

/** How the last change went. */
export interface ChangeReport {
  readonly result: 'running' | 'done' | 'unchanged' | 'failed'
  /** What was asked for: `apply /etc/moby.yaml`, `rollback to 3`. */
  readonly what: string
  /** When it ended, or began. RFC 3339. */
  readonly at: string
  /** Of a failure: as the terminal shows it, with file, line and column where it has them. */
  readonly reason?: string | undefined
}

export interface ChangesParts extends Omit<ApplyParts, 'current' | 'commit' | 'signal'>, FileParts {
  readonly current: CurrentGeneration
  readonly read: ReadOptions
  readonly store: GenerationStore
  /** Follows the members of a new generation, in the turn in which it takes over. */
  readonly onSwitch: (joined: readonly Member[], left: readonly Member[]) => void
  /** Called when a change has not failed, also when there was nothing to change. */
  readonly onChanged: () => void
  /** Called when a change is over, whether it took over or not. */
  readonly onSettled: () => void
}

export interface ChangeOutcome {
  readonly plan: Plan
  readonly generation: number
}

/** Changes of a running assembly, one at a time. */
export class AssemblyChanges {
  readonly #parts: ChangesParts
  readonly #closing = new AbortController()
  #busy: Promise<unknown> | undefined
  #report: ChangeReport | undefined
  #watch: NodeJS.Timeout | undefined

  constructor(parts: ChangesParts) {
    this.#parts = parts
    this.#watchRetired()
  }

  get last(): ChangeReport | undefined {
    return this.#report
  }

  list(): readonly GenerationRecord[] {
    return this.#parts.store.list()
  }

  /** What `apply` would do, without doing it. `file` absent: the manifest that the engine was started with. */
  async plan(file?: string): Promise<Plan> {
    return await this.#planFor(await this.#read(file))
  }

  /** Throws what is wrong with the files, APPLY_BUSY, APPLY_CONFLICT, or APPLY_FAILED when everything was taken back. */
  async apply(file?: string, origin: ChangeOrigin = 'apply'): Promise<ChangeOutcome> {
    const path = this.#pathOf(file)
    return await this.#alone(`${origin} ${path}`, async () => await this.#change(await this.#read(file), { origin }))
  }

  /** Goes back to an earlier generation; absent: the one before. Throws GENERATION_UNKNOWN, or as `apply`. */
  async rollback(to?: number): Promise<ChangeOutcome> {
    const record = this.#earlier(to)
    return await this.#alone(`rollback to ${record.number}`, async () => {
      const manifest = parseManifest(record.file, record.manifest)
      const lock = parseLock(`the lock of generation ${record.number}`, record.lock)
      const daemon = record.daemon === undefined ? undefined : parseDaemonFile(record.daemon.file, record.daemon.text)
      const { read, kept } = this.#parts
      const wanted = await verifyAssembly(manifest, lock, daemon, { ...read, kept })
      return await this.#change(wanted, { origin: 'rollback', of: record.number })
    })
  }

  /** Gives up a change that is under way, which takes it back, and allows no more. */
  async close(): Promise<void> {
    clearInterval(this.#watch)
    this.#closing.abort()
    await this.#busy?.catch(() => undefined)
    await this.#parts.keeper.close()
  }

  #pathOf(file: string | undefined): string {
    return resolve(file ?? this.#parts.current.value.startedWith)
  }

  async #read(file: string | undefined): Promise<WantedAssembly> {
    return await readAssembly(this.#pathOf(file), this.#parts.read)
  }

  async #planFor(wanted: Pick<WantedAssembly, 'entries'>): Promise<Plan> {
    const { members } = this.#parts.current.value
    return makePlan(await runningEntries(members, wanted.entries), wanted.entries)
  }

  async #alone(what: string, work: () => Promise<ChangeOutcome>): Promise<ChangeOutcome> {
    if (this.#busy !== undefined || this.#closing.signal.aborted) {
      const why = this.#busy === undefined ? 'the engine stops' : `${this.#report?.what ?? 'a change'} is under way`
      throw codedError('APPLY_BUSY', `The assembly cannot be changed now: ${why}`, {
        hint: 'try again when it is done',
      })
    }
    const { log, onChanged, onSettled } = this.#parts
    const report = (result: ChangeReport['result'], reason?: string) => {
      const at = new Date().toISOString()
      this.#report = { result, what, at, ...(reason === undefined ? {} : { reason }) }
    }
    report('running')
    const busy = (async () => {
      try {
        const outcome = await work()
        report(isEmpty(outcome.plan) ? 'unchanged' : 'done')
        log.info('the assembly was changed', { what, generation: outcome.generation })
        onChanged()
        return outcome
      } catch (error) {
        report('failed', renderError(error).trimEnd())
        log.error('the assembly was not changed', { what, ...tellError(error) })
        throw error
      } finally {
        await collectPayloads(this.#parts)
        this.#busy = undefined
        onSettled()
        this.#watchRetired()
      }
    })()
    this.#busy = busy
    return await busy
  }

  async #change(
    { payloads, ...wanted }: WantedAssembly,
    how: Pick<GenerationRecord, 'origin' | 'of'>,
  ): Promise<ChangeOutcome> {
    const { current, store, supervisor, onSwitch } = this.#parts
    const plan = await this.#planFor(wanted)
    const before = current.value
    const isDone = plan.steps.every(({ action }) => ['keep', 'wait', 'retire'].includes(action))
    if (isDone && isSame(before, wanted)) return { plan, generation: before.number }
    const entries = await prepareFiles(plan, { ...wanted, payloads }, this.#parts)
    const number = Math.max(before.number, store.last()?.number ?? 0) + 1
    const set = makeChangeSet(before, { number, startedWith: before.startedWith, ...wanted, entries }, plan)
    const change = new ApplyChange(
      {
        ...this.#parts,
        current: () => current.value,
        signal: this.#closing.signal,
        commit: async (_set, { check, takeOver }) => {
          await store.write(this.#recordOf(set, how))
          try {
            check()
          } catch (error) {
            await store.remove(number)
            throw error
          }
          const left = before.members.filter((member) => !set.next.members.includes(member))
          current.replace(set.next)
          onSwitch(set.next.members, left)
          takeOver()
          supervisor.watch(set.next.members)
        },
      },
      set,
    )
    await change.run()
    await change.settle()
    return { plan, generation: number }
  }

  #recordOf({ next, retired }: ChangeSet, how: Pick<GenerationRecord, 'origin' | 'of'>): GenerationRecord {
    const { number, manifest, lock, entries } = next
    const daemon = daemonRecord(next)
    const now = this.#parts.current.value
    const earlier = this.#parts.store.last()?.retired ?? []
    // Those that could not be read at the start wait for their files.
    const unread = earlier.filter(
      (record) => !isProvided(record, entries) && !now.members.some(({ name }) => name === record.name),
    )
    const fileOf = (name: string) => earlier.find((each) => each.name === name)?.file ?? resolve(now.manifest.file)
    return {
      format: 1,
      number,
      at: new Date().toISOString(),
      ...how,
      file: resolve(manifest.file),
      manifest: manifest.yaml.source.text,
      lock: lock.yaml.source.text,
      ...(daemon === undefined ? {} : { daemon }),
      retired: [...retired.map((member) => retiredRecord(member, fileOf(member.name))), ...unread],
    }
  }

  #earlier(to: number | undefined): GenerationRecord {
    const records = this.list()
    const now = this.#parts.current.value
    const shown = records.find(({ number }) => number === now.number)
    const reached = shown?.of ?? now.number
    const text = now.manifest.yaml.source.text + now.lock.yaml.source.text + (now.daemon?.file.text ?? '')
    const found =
      to === undefined
        ? records.findLast(
            ({ number, manifest, lock, daemon }) => number < reached && manifest + lock + (daemon?.text ?? '') !== text,
          )
        : records.find(({ number }) => number === to)
    if (found !== undefined) return found
    const known = records.map(({ number }) => number).join(', ') || 'none'
    const what = to === undefined ? `There is no generation before ${now.number}` : `There is no generation ${to}`
    throw codedError('GENERATION_UNKNOWN', what, { hint: `kept are: ${known}` })
  }

  /** Asks again and again, as long as there is one, whether what was removed is still used. */
  #watchRetired(): void {
    clearInterval(this.#watch)
    const { current, limits } = this.#parts
    if (this.#closing.signal.aborted || !current.value.members.some(({ isRetired }) => isRetired)) return
    this.#watch = setInterval(() => void this.#dropUnused(), limits.retiredEveryMs).unref()
  }

  async #dropUnused(): Promise<void> {
    if (this.#busy !== undefined) return
    const { current, log } = this.#parts
    const { members } = current.value
    const unused = members.filter((member) => member.isRetired && holdersOf(member, members).length === 0)
    if (unused.length === 0) return
    const names = unused.map(({ name }) => name)
    this.#busy = this.#drop(unused)
      .then(() => log.info('what was removed is not used any more, and was stopped', { entries: names }))
      .catch((error: unknown) => log.error('what was removed could not be dropped', { reason: reasonOf(error) }))
      .finally(() => {
        this.#busy = undefined
        this.#watchRetired()
      })
    await this.#busy
  }

  async #drop(unused: readonly Member[]): Promise<void> {
    const { current, store, supervisor, lifecycle, onSwitch } = this.#parts
    const before = current.value
    const record = store.list().find(({ number }) => number === before.number)
    if (record !== undefined) {
      const retired = record.retired.filter(({ name }) => !unused.some((member) => member.name === name))
      await store.write({ ...record, retired })
    }
    const next = makeGeneration({ ...before, members: before.members.filter((member) => !unused.includes(member)) })
    current.replace(next)
    onSwitch(next.members, unused)
    for (const member of unused) {
      await supervisor.forget(member)
      const { running } = member
      member.disconnect('it was removed from the assembly')
      if (running !== undefined) await lifecycle.end(member, running, 'leave-containers')
    }
    await collectPayloads(this.#parts)
  }
}

type Texts = Pick<WantedAssembly, 'manifest' | 'lock' | 'daemon'>

function isSame(before: Texts, { manifest, lock, daemon }: Texts): boolean {
  return (
    before.daemon?.file.text === daemon?.file.text &&
    before.manifest.yaml.source.text === manifest.yaml.source.text &&
    before.lock.yaml.source.text === lock.yaml.source.text
  )
}

/** For the log: where a mistake is, in a form that a reader of records can search. */
function tellError(error: unknown): Record<string, unknown> {
  if (!isCodedError(error)) return { reason: reasonOf(error) }
  const { code, message, span, hint } = error
  const where = span === undefined ? {} : { file: span.file, line: span.line, column: span.column }
  const told = hasCode(error, 'ASSEMBLY_PROBLEMS') ? renderError(error) : message
  return { code, reason: told, ...where, ...(hint === undefined ? {} : { hint }) }
}
