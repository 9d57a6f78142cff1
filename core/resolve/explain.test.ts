import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseManifest } from '../manifest/load-manifest.ts'
import { partsSource } from '../testing/parts-source.ts'
import { explain, whyNot } from './explain.ts'
import { resolveAssembly, type Resolution } from './resolve-assembly.ts'

describe('an explanation', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moby-explain-'))
    await version('store', '1.0.0', 'provides: [{ contract: store, version: 1.0.0 }]')
    await version('store', '1.5.0', 'provides: [{ contract: store, version: 1.1.0 }]')
    await version('store', '2.0.0', 'provides: [{ contract: store, version: 2.0.0 }]')
    await version('store', '3.0.0-rc.1', 'provides: [{ contract: store, version: 1.0.0 }]')
    await version('front', '1.0.0', 'provides: []\nrequires: [{ contract: store, range: ^1.0.0 }]')
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  async function version(name: string, number: string, rest: string): Promise<void> {
    const home = join(folder, 'parts', `${name}-${number}`)
    await mkdir(home, { recursive: true })
    const text = `name: t/${name}\nversion: ${number}\ndescription: x\nmodes: [module]\nentry: ./index.js\n${rest}\n`
    await writeFile(join(home, 'component.yaml'), text)
  }

  async function resolve(range = '>=1.0.0'): Promise<Resolution> {
    const text = `assembly: test\nversion: 1.0.0\ncomponents:
  front: { use: t/front, from: "parts:" }
  store: { use: t/store, from: "parts:", version: "${range}" }\n`
    const file = parseManifest(join(folder, 'moby.yaml'), text)
    return await resolveAssembly(file, [partsSource(join(folder, 'parts'))])
  }

  it('says why this version, who asked, and what was rejected for which reason', async () => {
    expect(explain(await resolve(), 'store')).toEqual([
      `store is t/store 1.5.0, from parts: (${join(folder, 'parts/store-1.5.0/component.yaml')})`,
      `  asked for by ${join(folder, 'moby.yaml')}:5: >=1.0.0`,
      '  provides store 1.1.0, which front (t/front 1.0.0) needs in ^1.0.0',
      '  not 3.0.0-rc.1: it is a prerelease, and those are taken only when the range names one',
      '  not 2.0.0: store (t/store 2.0.0) provides store 2.0.0, but front (t/front 1.0.0) needs ^1.0.0',
      '  not 1.0.0: 1.5.0 is higher and fits',
    ])
  })

  it('takes a prerelease when the range names one', async () => {
    expect(explain(await resolve('>=3.0.0-rc.0'), 'store')[0]).toContain('t/store 3.0.0-rc.1')
  })

  it('says why not a version that there is, that is out of range, or that there is not', async () => {
    const resolution = await resolve('>=1.0.0 <1.9')
    expect(whyNot(resolution, 'store', '2.0.0')).toEqual([
      'store is 1.5.0, not 2.0.0: the manifest asks for >=1.0.0 <1.9',
    ])
    expect(whyNot(resolution, 't/store', '1.5.0')).toEqual(['store (t/store 1.5.0) is what was chosen'])
    expect(whyNot(resolution, 'store', '9.0.0')[0]).toContain('it has 3.0.0-rc.1, 2.0.0, 1.5.0, 1.0.0')
  })

  it('knows no other names', async () => {
    const resolution = await resolve()
    expect(() => explain(resolution, 'stroe')).toThrow(expect.objectContaining({ hint: 'did you mean store?' }))
  })
})
