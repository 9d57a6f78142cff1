import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { hash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { filesText, partsText, type ComponentPayload, type PayloadPart } from '@moby/contracts'
import { describe, expect, it, onTestFinished } from 'vitest'
import { KeptPayloads } from './kept-payloads.ts'

const descriptor = 'name: t/tool\nversion: 1.0.0\ndescription: x\nmodes: [module]\nentry: ./index.js\nprovides: []\n'

/** A folder with a data root, and packages that are written and measured. */
class Ground {
  readonly folder: string
  kept: KeptPayloads

  private constructor(folder: string) {
    this.folder = folder
    this.kept = new KeptPayloads(join(folder, 'data'))
  }

  static async make(): Promise<Ground> {
    const folder = await mkdtemp(join(tmpdir(), 'kp-'))
    onTestFinished(async () => await rm(folder, { recursive: true, force: true }))
    return new Ground(folder)
  }

  async write(path: string, content: string | Buffer): Promise<void> {
    await mkdir(dirname(join(this.folder, path)), { recursive: true })
    await writeFile(join(this.folder, path), content)
  }

  async part(name: string, folder: string, paths: readonly string[]): Promise<PayloadPart> {
    const files = paths.map((path) => {
      const file = join(this.folder, folder, path)
      const content = readFileSync(file)
      const isExecutable = (statSync(file).mode & 0o111) !== 0
      return { path, isExecutable, size: content.length, digest: hash('sha256', content, 'hex') }
    })
    return { name, folder: join(this.folder, folder), files, digest: hash('sha256', filesText(files), 'hex') }
  }

  /** A component that stands alone, in one version of its code. */
  async tool(code: string, folder = 'tool'): Promise<ComponentPayload> {
    await this.write(`${folder}/component.yaml`, descriptor)
    await this.write(`${folder}/index.js`, code)
    const part = await this.part('', folder, ['component.yaml', 'index.js'])
    return payloadOf([part], `sha256:${part.digest}`)
  }

  path(...steps: readonly string[]): string {
    return join(this.folder, 'data/payloads', ...steps)
  }

  /** Where the files are when they are unpacked. */
  async take({ digest }: ComponentPayload): Promise<string> {
    const name = { use: 't/tool', version: '1.0.0', digest }
    const found = await this.kept.find(name)
    if (found === undefined) throw new Error('not kept')
    await this.kept.unpack(name)
    return found.payload.folder
  }

  async keep(payload: ComponentPayload): Promise<void> {
    await this.kept.keep({ use: 't/tool', version: '1.0.0', digest: payload.digest }, payload)
  }
}

function payloadOf(parts: readonly PayloadPart[], digest: string): ComponentPayload {
  const [own] = parts
  const file = own?.files.find(({ path }) => path === 'component.yaml')
  return { folder: own?.folder ?? '', digest, descriptorDigest: `sha256:${file?.digest ?? ''}`, parts }
}

const hexOf = ({ digest }: ComponentPayload) => digest.replace('sha256:', '')

describe('kept payloads', () => {
  it('are what was kept, bytes and modes, whatever their folder has become', async () => {
    const ground = await Ground.make()
    const big = Buffer.alloc(700_001, 'big')
    await ground.write('tool/component.yaml', descriptor)
    await ground.write('tool/deep/er/data.bin', big)
    await ground.write('tool/empty', '')
    await ground.write('tool/run', '#!/bin/sh\n')
    await chmod(join(ground.folder, 'tool/run'), 0o755)
    const part = await ground.part('', 'tool', ['component.yaml', 'deep/er/data.bin', 'empty', 'run'])
    const payload = payloadOf([part], `sha256:${part.digest}`)
    expect(ground.kept.has(payload.digest)).toBe(false)
    expect(await ground.kept.find({ use: 't/tool', version: '1.0.0', digest: payload.digest })).toBeUndefined()
    await ground.keep(payload)
    await rm(join(ground.folder, 'tool'), { recursive: true })
    ground.kept = new KeptPayloads(join(ground.folder, 'data'))
    expect(ground.kept.has(payload.digest)).toBe(true)
    expect(await ground.kept.find({ use: 't/tool', version: '1.0.0', digest: payload.digest })).toMatchObject({
      candidate: { name: 't/tool', version: '1.0.0' },
      payload: { digest: payload.digest, descriptorDigest: payload.descriptorDigest },
    })
    const folder = await ground.take(payload)
    expect(ground.kept.owns(folder)).toBe(true)
    expect(big.equals(await readFile(join(folder, 'deep/er/data.bin')))).toBe(true)
    expect(await readFile(join(folder, 'empty'), 'utf8')).toBe('')
    expect(statSync(join(folder, 'run')).mode & 0o777).toBe(0o755)
    expect(statSync(join(folder, 'empty')).mode & 0o777).toBe(0o644)
    expect((await readdir(folder)).toSorted()).toEqual(['component.yaml', 'deep', 'empty', 'run'])
  })

  it('find the packages that belong to them as they were, and all others where they are', async () => {
    const ground = await Ground.make()
    await ground.write('package.json', '{"type":"module"}')
    await ground.write('node_modules/outer/index.js', 'export default "outer"')
    await ground.write('node_modules/outer/package.json', '{"type":"module","main":"index.js"}')
    await ground.write('node_modules/@t/lib/index.js', 'export default "another lib"')
    await ground.write('node_modules/@t/lib/package.json', '{"type":"module","main":"index.js"}')
    await ground.write('ws/lib/index.js', `import own from 'nested'\nexport default 'lib 1 with ' + own`)
    await ground.write('ws/lib/package.json', '{"name":"@t/lib","type":"module","exports":"./index.js"}')
    await ground.write('ws/lib/node_modules/nested/index.js', 'export default "nested"')
    await ground.write('ws/lib/node_modules/nested/package.json', '{"type":"module","main":"index.js"}')
    await ground.write('ws/tool/component.yaml', descriptor)
    await ground.write(
      'ws/tool/index.js',
      `import lib from '@t/lib'\nimport outer from 'outer'\nexport default [lib, outer]`,
    )
    const parts = [
      await ground.part('@t/tool', 'ws/tool', ['component.yaml', 'index.js']),
      await ground.part('@t/lib', 'ws/lib', ['index.js', 'package.json']),
    ]
    const payload = payloadOf(parts, `sha256:${hash('sha256', partsText(parts), 'hex')}`)
    await ground.keep(payload)
    await ground.write('ws/lib/index.js', 'export default "lib 2"')
    await ground.write('ws/tool/index.js', 'export default "tool 2"')
    const folder = await ground.take(payload)
    const { default: found } = (await import(pathToFileURL(join(folder, 'index.js')).href)) as { default: unknown }
    expect(found).toEqual(['lib 1 with nested', 'outer'])
  })

  it('hold a package once that several components need', async () => {
    const ground = await Ground.make()
    await ground.write('lib/index.js', 'export default 1')
    const lib = await ground.part('@t/lib', 'lib', ['index.js'])
    for (const name of ['one', 'two']) {
      await ground.write(`${name}/component.yaml`, descriptor)
      await ground.write(`${name}/index.js`, name)
      const parts = [await ground.part(`@t/${name}`, name, ['component.yaml', 'index.js']), lib]
      await ground.keep(payloadOf(parts, `sha256:${hash('sha256', partsText(parts), 'hex')}`))
    }
    expect(await readdir(ground.path('components'))).toHaveLength(2)
    expect(await readdir(ground.path('parts'))).toHaveLength(3)
  })

  it('refuse files that changed since they were measured, and leave nothing of them', async () => {
    const ground = await Ground.make()
    const payload = await ground.tool('1')
    await ground.write('tool/index.js', '2')
    await expect(ground.keep(payload)).rejects.toMatchObject({
      code: 'PAYLOAD_CHANGED',
      message: expect.stringContaining(join(ground.folder, 'tool/index.js')) as string,
    })
    await rm(join(ground.folder, 'tool/index.js'))
    await expect(ground.keep(payload)).rejects.toMatchObject({ code: 'PAYLOAD_CHANGED' })
    expect(ground.kept.has(payload.digest)).toBe(false)
    for (const folder of ['components', 'parts']) expect(await readdir(ground.path(folder))).toEqual([])
  })

  it('say where there is no room for them', async () => {
    const ground = await Ground.make()
    const payload = await ground.tool('1')
    await rm(ground.path('parts'), { recursive: true })
    await writeFile(ground.path('parts'), '')
    await expect(ground.keep(payload)).rejects.toMatchObject({
      code: 'PAYLOAD_NOT_KEPT',
      hint: expect.stringContaining(ground.path('parts')) as string,
    })
  })

  it.each<[string, (file: string) => Promise<void>]>([
    ['a content that changed', async (file) => await edit(file, (bytes) => bytes.fill('?', bytes.length - 3))],
    [
      'a list that changed',
      async (file) => await edit(file, (bytes) => bytes.write('index.ts', bytes.indexOf('index.js'))),
    ],
    ['a beginning that changed', async (file) => await edit(file, (bytes) => bytes.fill('0', 0, 4))],
    ['an end that is missing', async (file) => await truncate(file, statSync(file).size - 2)],
    ['hardly anything left', async (file) => await truncate(file, 3)],
    ['no file any more', async (file) => await rm(file)],
  ])('are refused with %s: the error names the file and the remedy', async (_what, damage) => {
    const ground = await Ground.make()
    const payload = await ground.tool('export default 1')
    await ground.keep(payload)
    const file = ground.path('parts', hexOf(payload))
    await damage(file)
    await expect(ground.take(payload)).rejects.toMatchObject({
      code: 'PAYLOAD_DAMAGED',
      message: expect.stringContaining(file) as string,
      hint: expect.stringContaining(`remove ${file}`) as string,
    })
    expect(await readdir(ground.path('unpacked'))).toEqual([])
    // The remedy is one.
    await rm(file, { force: true })
    expect(ground.kept.has(payload.digest)).toBe(false)
    await ground.keep(payload)
    expect(await readFile(join(await ground.take(payload), 'index.js'), 'utf8')).toBe('export default 1')
  })

  it('are refused with a record that tells of something else', async () => {
    const ground = await Ground.make()
    const [one, two] = [await ground.tool('1', 'one'), await ground.tool('2', 'two')]
    await ground.keep(one)
    await ground.keep(two)
    const record = ground.path('components', `${hexOf(one)}.json`)
    for (const text of [await readFile(ground.path('components', `${hexOf(two)}.json`), 'utf8'), '{"format":']) {
      await writeFile(record, text)
      await expect(ground.take(one)).rejects.toMatchObject({
        code: 'PAYLOAD_DAMAGED',
        message: expect.stringContaining(record) as string,
      })
    }
  })

  it('go when nobody needs them, with the packages that nobody else has; what runs stays', async () => {
    const ground = await Ground.make()
    await ground.write('lib/index.js', 'lib')
    const lib = await ground.part('@t/lib', 'lib', ['index.js'])
    const payloads: ComponentPayload[] = []
    for (const name of ['one', 'two', 'three']) {
      await ground.write(`${name}/component.yaml`, descriptor)
      await ground.write(`${name}/index.js`, name)
      const parts = [await ground.part(`@t/${name}`, name, ['component.yaml', 'index.js']), lib]
      const payload = payloadOf(parts, `sha256:${hash('sha256', partsText(parts), 'hex')}`)
      payloads.push(payload)
      await ground.keep(payload)
      await ground.take(payload)
    }
    const [one, two, three] = payloads as [ComponentPayload, ComponentPayload, ComponentPayload]
    const there = async () =>
      await Promise.all(
        ['components', 'parts', 'unpacked'].map(async (each) => (await readdir(ground.path(each))).length),
      )
    expect(await there()).toEqual([3, 4, 3])
    await ground.kept.collect(new Set([one.digest]), new Set([two.digest]))
    expect(await there()).toEqual([2, 3, 1])
    expect(payloads.map(({ digest }) => ground.kept.has(digest))).toEqual([true, true, false])
    expect(existsSync(ground.path('unpacked', hexOf(two)))).toBe(true)
    // What is unpacked no more is unpacked again when it is needed.
    expect(await readFile(join(await ground.take(one), 'index.js'), 'utf8')).toBe('one')
    await expect(ground.take(three)).rejects.toThrow('not kept')
    await ground.kept.collect(new Set(), new Set())
    expect(await there()).toEqual([0, 0, 0])
  })

  it('are whole or not there at all when the engine is killed in the middle of keeping and removing', async () => {
    const ground = await Ground.make()
    const payloads = await Promise.all(
      Array.from({ length: 6 }, async (_, at) => await ground.tool(`${at}`.repeat(300_000), `tool-${at}`)),
    )
    await ground.write('payloads.json', JSON.stringify(payloads))
    const hook = join(import.meta.dirname, '../modules/hook.ts')
    const code = `
      import { readFileSync } from 'node:fs'
      import { KeptPayloads } from ${JSON.stringify(join(import.meta.dirname, 'kept-payloads.ts'))}
      const payloads = JSON.parse(readFileSync(${JSON.stringify(join(ground.folder, 'payloads.json'))}, 'utf8'))
      const kept = new KeptPayloads(${JSON.stringify(join(ground.folder, 'data'))})
      for (let round = 0; ; round += 1) {
        for (const payload of payloads) {
          const name = { use: 't/tool', version: '1.0.0', digest: payload.digest }
          await kept.keep(name, payload)
          await kept.unpack(name)
          process.stdout.write('.')
        }
        await kept.collect(new Set(payloads.slice(round % 3, 2).map(({ digest }) => digest)), new Set())
      }`
    for (let round = 0; round < 2; round += 1) {
      const child = spawn(process.execPath, ['--import', hook, '--input-type=module', '-e', code], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      // Its own steps say how far it is: a clock would not.
      let steps = 0
      for await (const chunk of child.stdout) {
        steps += (chunk as Buffer).length
        if (steps > 4 + round * 9) break
      }
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      ground.kept = new KeptPayloads(join(ground.folder, 'data'))
      for (const folder of ['components', 'parts', 'unpacked']) {
        expect((await readdir(ground.path(folder))).filter((name) => name.endsWith('.new'))).toEqual([])
      }
      for (const [at, payload] of payloads.entries()) {
        if (!ground.kept.has(payload.digest)) continue
        expect(await readFile(join(await ground.take(payload), 'index.js'), 'utf8')).toBe(`${at}`.repeat(300_000))
      }
    }
  })
})

async function edit(file: string, change: (bytes: Buffer) => unknown): Promise<void> {
  const bytes = await readFile(file)
  change(bytes)
  await writeFile(file, bytes)
}
