import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Script } from './script.ts'

const folder = join(import.meta.dirname, 'recorded')

/** Keeps the answers of dockerd, for replays on hosts without it. */
export async function record(script: Script, answers: ReadonlyMap<string, unknown>): Promise<void> {
  await mkdir(folder, { recursive: true })
  const lines = [...answers].map(([name, answer]) => `  ${JSON.stringify(name)}: ${JSON.stringify(answer)}`)
  await writeFile(fileOf(script), `{\n${lines.join(',\n')}\n}\n`)
}

/** What dockerd answered when it was recorded. */
export async function readRecord(script: Script): Promise<Map<string, unknown>> {
  return new Map(Object.entries(JSON.parse(await readFile(fileOf(script), 'utf8')) as Record<string, unknown>))
}

function fileOf(script: Script): string {
  return join(folder, `${script.name}.json`)
}
