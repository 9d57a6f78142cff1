import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadManifest } from '../manifest/load-manifest.ts'
import { resolveAssembly } from '../resolve/resolve-assembly.ts'
import { partsSource } from '../testing/parts-source.ts'
import { loadLock, lockPath, renderLock, writeLock } from './lock-file.ts'
import { makeLock } from './make-lock.ts'
import { verifyLock } from './verify-lock.ts'

const fixtures = join(import.meta.dirname, '../manifest/fixtures/components')
const manifest = `assembly: test
version: 1.0.0
components:
  store: { use: t/store, version: ^0.1.0, from: "parts:" }
  ledger: { use: t/ledger, from: "parts:" }
  volumes: { use: t/volume, from: "parts:", driver: fast, config: { path: /srv } }
`

describe('a lock', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moby-lock-'))
    file = join(folder, 'moby.yaml')
    for (const part of ['store', 'other-store', 'ledger', 'volume']) {
      await cp(join(fixtures, part), join(folder, 'parts', part), { recursive: true })
    }
    await writeFile(file, manifest)
    await lock()
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  const sources = () => [partsSource(join(folder, 'parts'))]

  async function lock(): Promise<string> {
    const made = await makeLock(await resolveAssembly(await loadManifest(file), sources()))
    await writeLock(lockPath(file), made)
    return renderLock(made)
  }

  async function verify() {
    const read = await loadManifest(file)
    return await verifyLock({ file: read, lock: await loadLock(read), sources: sources() })
  }

  it('is the same text each time, and leaves no other file', async () => {
    const text = await readFile(join(folder, 'moby.lock'), 'utf8')
    expect(await lock()).toBe(text)
    expect((await readdir(folder)).toSorted()).toEqual(['moby.lock', 'moby.yaml', 'parts'])
  })

  it('verifies, and names drivers as the assembly does', async () => {
    const entries = await verify()
    expect(entries.map(({ name, locked }) => [name, locked.version])).toEqual([
      ['store', '0.1.0'],
      ['ledger', '0.1.0'],
      ['volumes', '0.1.0'],
    ])
    expect(entries[2]?.locked.provides).toEqual([{ contract: 'storage.volume', version: '0.1.0', driver: 'fast' }])
  })

  it('holds while configuration, descriptions and comments change', async () => {
    await writeFile(file, `# new\ndescription: new\n${manifest.replace('/srv', '/other')}`)
    expect(await verify()).toHaveLength(3)
  })

  it.each([
    ['a range', 'version: ^0.1.0', 'version: ~0.1.0', 'made for another selection'],
    ['a failure policy', 'use: t/ledger', 'required: false, use: t/ledger', 'made for another selection'],
    ['a component', 'use: t/store', 'use: t/other-store', 'store has use t/other-store in the manifest'],
    ['a driver name', 'driver: fast', 'driver: slow', 'volumes has driver slow in the manifest, but fast in the lock'],
    ['an entry', '  ledger:', '  book:', 'has 2 problems'],
  ])('does not hold when %s changes', async (_what, old, replacement, words) => {
    await writeFile(file, manifest.replace(old, replacement))
    await expect(verify()).rejects.toThrow(words)
  })

  it('D20 does not hold when files or a version of a component change', async () => {
    await writeFile(join(folder, 'parts/store/index.js'), 'export default 1')
    await expect(verify()).rejects.toMatchObject({ code: 'PAYLOAD_CHANGED' })
    const descriptor = join(folder, 'parts/store/component.yaml')
    const text = await readFile(descriptor, 'utf8')
    await writeFile(descriptor, text.replace('version: 0.1.0', 'version: 0.1.1'))
    await expect(verify()).rejects.toMatchObject({ code: 'LOCK_VERSION_GONE' })
  })

  it('still checks the configuration, which is not locked', async () => {
    await writeFile(file, manifest.replace('path: /srv', 'path: 7'))
    await expect(verify()).rejects.toMatchObject({ code: 'CONFIG_TYPE' })
  })
})
