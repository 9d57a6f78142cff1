import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

const moby = join(import.meta.dirname, '../../node_modules/.bin/moby')

export interface BootFigures {
  /** From the start of the command to its word that the assembly is ready. */
  readonly readyMs: number
  /** Resident memory of the engine's process then. */
  readonly residentMiB: number
}

export interface ManyComponents {
  /** Boots the assembly once, and ends it. */
  measure(): Promise<BootFigures>
  remove(): Promise<void>
}

const entry = (index: number): string => `
const component = {
  async create({ config }) {
    const authorize = async () => ({ allow: true, reason: config.name + ${index} })
    return { provides: { 'auth.authorize': { authorize, authorizeResponse: authorize } } }
  },
}
export default Object.assign(component, { [Symbol.for('moby.component')]: true })
`

const descriptor = (index: number): string => `name: bench/part-${index}
version: 1.0.${index}
description: One of many
modes: [module]
entry: ./index.js
provides: [{ contract: auth.authorize, version: 0.1.0, driver: part-${index} }]
config:
  type: object
  additionalProperties: false
  properties: { name: { type: string, default: rule } }
permissions: []
`

/** A locked assembly of as many components, each with code, a configuration and a driver of its own, in a folder. */
export async function bootMany(count: number): Promise<ManyComponents> {
  const folder = await mkdtemp(join(tmpdir(), 'moby-many-'))
  const entries: string[] = []
  for (let index = 0; index < count; index++) {
    const part = join(folder, `part-${index}`)
    await mkdir(part)
    await writeFile(join(part, 'component.yaml'), descriptor(index))
    await writeFile(join(part, 'package.json'), '{ "type": "module" }')
    await writeFile(join(part, 'index.js'), entry(index))
    entries.push(`  part-${index}: { use: bench/part-${index}, from: "folder:part-${index}", config: { name: own } }`)
  }
  const file = join(folder, 'moby.yaml')
  await writeFile(file, `assembly: many\nversion: 0.1.0\ncomponents:\n${entries.join('\n')}\n`)
  await execa(moby, ['lock', '--assembly', file])
  return {
    measure: () => measure(file, join(folder, 'data')),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

async function measure(file: string, dataRoot: string): Promise<BootFigures> {
  const began = performance.now()
  const child = spawn(moby, ['up', '--assembly', file, '--data-root', dataRoot], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => (said += String(chunk)))
  const ready = new Promise<void>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += String(chunk)
      if (text.includes(' is ready in ')) resolve()
    })
    child.once('exit', (status) => reject(new Error(`moby up ended with ${status}: ${said.slice(0, 500)}`)))
  })
  try {
    await ready
    const readyMs = performance.now() - began
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
    return { readyMs, residentMiB: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN) / 1024 }
  } finally {
    if (child.exitCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
  }
}
