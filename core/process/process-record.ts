import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { contextVariable, type Logger } from '@moby/contracts'
import { killGroup } from './kill-group.ts'
import { filesOf, secondLife } from './run-files.ts'

/** Who a process is, so that another with the same number is not taken for it. */
interface ProcessRecord {
  readonly pid: number
  /** Clock ticks after the boot at which it began: field 22 of /proc/pid/stat. */
  readonly began: string
  readonly boot: string
}

interface ProcessStat {
  readonly session: number
  readonly began: string
}

/** Milliseconds for which the end of a killed process is awaited. */
const endMs = 5_000

/** Notes the process of a component, for an engine that finds it after this one was killed. */
export function noteProcess(runFolder: string, pid: number): void {
  const stat = statOf(pid)
  if (stat === undefined) return
  const record: ProcessRecord = { pid, began: stat.began, boot: bootId() }
  writeFileSync(filesOf(runFolder).record, JSON.stringify(record), { mode: 0o600 })
}

/** Removes what a process of a component needs besides the component's own files. */
export function removeRunFiles(runFolder: string): void {
  for (const file of Object.values(filesOf(runFolder))) rmSync(file, { force: true })
}

/**
 * Ends what is left of components of an engine that was killed, and removes their sockets. They end by themselves
 * when the engine does; this is for those that do not. To be called by the owner of the data root.
 */
export async function sweepProcesses(runRoot: string, log: Logger): Promise<void> {
  const home = join(runRoot, 'components')
  const entries = await readdir(home).catch(() => [])
  for (const entry of entries.flatMap((each) => [each, join(each, secondLife)])) {
    const folder = join(home, entry)
    const record = readRecord(folder)
    if (record === undefined) continue
    const left = record.boot === bootId() ? processesOf(record, folder) : []
    if (left.length > 0) {
      log.warn('a component of an engine that was killed still ran, and was ended', { entry, pids: left })
      killGroup(record.pid)
      for (const pid of left) killOne(pid)
      if (!(await goneWithin(endMs, () => processesOf(record, folder).length === 0))) {
        log.error('a component of an engine that was killed cannot be ended', { entry, pids: left })
      }
    }
    for (const file of Object.values(filesOf(folder))) await rm(file, { force: true })
  }
}

/** The process itself, and what is left of its session when it has gone. */
function processesOf(record: ProcessRecord, runFolder: string): number[] {
  const leader = statOf(record.pid)
  if (leader?.began === record.began) return [record.pid]
  // The number belongs to somebody else now, which the system allows only when the whole session is gone.
  if (leader !== undefined) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.session === record.pid && belongsTo(pid, runFolder))
}

function belongsTo(pid: number, runFolder: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${contextVariable}=${filesOf(runFolder).context}`)
  } catch {
    return false
  }
}

/** Undefined when there is no such process, or nothing of it but its entry. */
function statOf(pid: number): ProcessStat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name stands in parentheses and may hold anything; after it come the state and numbers.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [state] = fields
    if (state === 'Z' || state === 'X') return undefined
    return { session: Number(fields[3]), began: fields[19] ?? '' }
  } catch {
    return undefined
  }
}

function readRecord(runFolder: string): ProcessRecord | undefined {
  try {
    const value = JSON.parse(readFileSync(filesOf(runFolder).record, 'utf8')) as ProcessRecord
    return Number.isInteger(value.pid) && value.pid > 1 ? value : undefined
  } catch {
    return undefined
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

async function goneWithin(milliseconds: number, isGone: () => boolean): Promise<boolean> {
  const until = performance.now() + milliseconds
  while (!isGone()) {
    if (performance.now() > until) return false
    await sleep(10)
  }
  return true
}
