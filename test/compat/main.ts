import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { DockerdPeer, dockerdFolder } from '../peers/dockerd.ts'
import { acceptedReason } from './accepted.ts'
import { differences } from './compare.ts'
import { observe } from './observe.ts'
import { record } from './record.ts'
import { runFlags } from './flags/main.ts'
import { scripts } from './scripts.ts'
import { startDockerdSubject, startMobySubject, type Subject } from './subject.ts'

interface Row {
  readonly script: string
  readonly name: string
  readonly path: string
  readonly dockerd: unknown
  readonly moby: unknown
  readonly accepted?: string
}

// npm run compat [-- --record] [-- NAME...]: the scripts of these names, all unless named.
// npm run compat -- flags [WORD...]: every command and flag of the docker CLI, or the lines with one of these words.
const wanted = process.argv.slice(2).filter((each) => !each.startsWith('--'))
const recording = process.argv.includes('--record')

if (!DockerdPeer.present) {
  console.error(`There is no dockerd to compare with: run test/peers/make-dockerd ${dockerdFolder}`)
  process.exit(1)
}

if (wanted[0] === 'flags') process.exit(await runFlags(wanted.slice(1)))

const subjects: Subject[] = []
const rows: Row[] = []
let alike = 0
try {
  subjects.push(await startDockerdSubject())
  subjects.push(await startMobySubject())
  await Promise.all(subjects.map((each) => each.loadBusybox()))
  for (const script of scripts) {
    if (wanted.length > 0 && !wanted.includes(script.name)) continue
    const [dockerd, moby] = await Promise.all(subjects.map((each) => observe(script, each)))
    if (dockerd === undefined || moby === undefined) throw new Error('Two engines are compared')
    const before = { alike, rows: rows.length }
    for (const name of new Set([...dockerd.keys(), ...moby.keys()])) {
      const found = differences(dockerd.get(name), moby.get(name))
      if (found.length === 0) alike += 1
      for (const { path, expected, actual } of found) {
        const reason = acceptedReason(`${script.name}/${name}${path}`, expected, actual)
        const accepted = reason === undefined ? {} : { accepted: reason }
        rows.push({ script: script.name, name, path, dockerd: expected, moby: actual, ...accepted })
      }
    }
    const different = rows.slice(before.rows)
    console.log(`${script.name}: ${alike - before.alike} answers alike, ${different.length} differences`)
    for (const row of different) console.log(tell(row))
    if (recording && script.recorded) await record(script, dockerd)
  }
} finally {
  await Promise.all(subjects.map((each) => each.stop()))
}

const file = join(import.meta.dirname, '../../.cache/compat.json')
await mkdir(join(file, '..'), { recursive: true })
const accepted = rows.filter((row) => row.accepted !== undefined).length
const summary = { alike, accepted, different: rows.length - accepted }
await writeFile(file, `${JSON.stringify({ date: new Date().toISOString(), ...summary, rows }, null, 2)}\n`)
console.log(
  `\n${summary.alike} answers alike, ${summary.accepted} differences accepted, ${summary.different} not; written to ${file}`,
)
process.exitCode = summary.different === 0 ? 0 : 1

function tell(row: Row): string {
  const place = `  ${row.accepted === undefined ? 'DIFFERS' : 'accepted'}  ${row.name}${row.path}`
  if (row.accepted !== undefined) return `${place}\n    ${row.accepted}`
  return `${place}\n    dockerd: ${brief(row.dockerd)}\n    moby:    ${brief(row.moby)}`
}

function brief(value: unknown): string {
  const text = value === undefined ? '(missing)' : JSON.stringify(value)
  return text.length > 400 ? `${text.slice(0, 400)}…` : text
}
