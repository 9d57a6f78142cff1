import { resolve } from 'node:path'
import type { WantedAssembly } from '../kernel/read-assembly.ts'
import type { GenerationRecord } from './generation-store.ts'
import { isProvided } from './retired-entries.ts'

/** The record of an assembly that is started: that of the last generation, if it is the same, else a new one. */
export function startRecord(
  wanted: Omit<WantedAssembly, 'payloads'>,
  last: GenerationRecord | undefined,
): GenerationRecord {
  const [manifest, lock] = [wanted.manifest.yaml.source.text, wanted.lock.yaml.source.text]
  const daemon = daemonRecord(wanted)
  if (last !== undefined && last.manifest === manifest && last.lock === lock && last.daemon?.text === daemon?.text) {
    return last
  }
  return {
    format: 1,
    number: (last?.number ?? 0) + 1,
    at: new Date().toISOString(),
    origin: 'start',
    file: resolve(wanted.manifest.file),
    manifest,
    lock,
    ...(daemon === undefined ? {} : { daemon }),
    retired: (last?.retired ?? []).filter((record) => !isProvided(record, wanted.entries)),
  }
}

/** What is kept of a `daemon.json`. */
export function daemonRecord({ daemon }: Pick<WantedAssembly, 'daemon'>): GenerationRecord['daemon'] {
  return daemon === undefined ? undefined : { file: resolve(daemon.file.file), text: daemon.file.text }
}
