import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ComponentSource } from '@moby/contracts'
import { lockPath, writeLock } from '../lock/lock-file.ts'
import { makeLock } from '../lock/make-lock.ts'
import { loadManifest } from '../manifest/load-manifest.ts'
import { resolveAssembly } from '../resolve/resolve-assembly.ts'

/** Writes a manifest and its lock: `{ keeper: 'use: t/keeper, version: 1.x, mode: process' }`. */
export async function writeAssembly(
  folder: string,
  entries: Readonly<Record<string, string>>,
  sources: readonly ComponentSource[],
  name = 'moby.yaml',
): Promise<string> {
  const file = join(folder, name)
  const lines = Object.entries(entries).map(([entry, words]) => `  ${entry}: { from: "parts:", ${words} }\n`)
  await writeFile(file, `assembly: test\nversion: 1.2.3\ncomponents:\n${lines.join('')}`)
  await writeLock(lockPath(file), await makeLock(await resolveAssembly(await loadManifest(file), sources)))
  return file
}

/** The code of a volume driver that keeps its volumes in a file of its folder, and says which version it is. */
export function volumeDriver(version: string, slip = ''): string {
  return `async create(context) {
    const { readFileSync, writeFileSync, existsSync } = await import('node:fs')
    const file = context.folders.data + '/volumes.json'
    const names = new Set(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [])
    const keep = () => writeFileSync(file, JSON.stringify([...names]))
    const lost = (name) => Object.assign(new Error('no volume ' + name), {
      [Symbol.for('moby.coded-error')]: true, code: 'VOLUME_NOT_FOUND', kind: 'not-found' })
    const known = (name) => { if (!names.has(name)) throw lost(name) }
    const volume = (name) => ({ name, status: { version: '${version}', pid: process.pid, size: context.config.size } })
    const driver = {
      async capabilities() { return { scope: 'local' } },
      async create({ name }) { names.add(name); keep(); return {} },
      async get({ name }) { known(name); return { volume: volume(name) } },
      async list() { return { volumes: [...names].map(volume) } },
      async path({ name }) { known(name); return { mountpoint: '/v/' + name } },
      async mount({ name }) { known(name); return { mountpoint: '/v/' + name } },
      async unmount({ name }) { known(name); return {} },
      async usage({ name }) { known(name); await new Promise((resolve) => setTimeout(resolve, 300)); return { size: '1' } },
      async remove({ name }) { known(name); names.delete(name); keep(); return {} },
    }
    ${slip}
    return { provides: { 'storage.volume': driver } }
  }`
}
