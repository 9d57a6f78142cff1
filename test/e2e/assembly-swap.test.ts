import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mustSkip } from '../skips.ts'
import { EngineProcess } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'

const root = join(import.meta.dirname, '../..')
const moby = join(root, 'node_modules/.bin/moby')

describe.skipIf(mustSkip('docker-cli'))('an assembly with another storage driver', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moby-swap-'))
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  /** The default assembly with one line changed, locked. */
  async function assemblyWith(line: string, replacement: string): Promise<string> {
    const manifest = await readFile(join(root, 'plugins/origin/moby.yaml'), 'utf8')
    expect(manifest).toContain(line)
    const file = join(folder, 'moby.yaml')
    await writeFile(file, manifest.replace(line, replacement))
    await execa(moby, ['lock', '--assembly', file], { cwd: root })
    return file
  }

  it('runs the same containers', async () => {
    const assembly = await assemblyWith('use: moby/storage-overlay', 'use: moby/storage-copy')
    const engine = await EngineProcess.start({ assembly })
    await engine.loadBusybox()
    expect((await engine.docker(['run', '--rm', 'busybox', 'sh', '-c', 'echo x > /x; cat /x'])).stdout).toBe('x')
    expect((await engine.docker(['info', '-f', '{{.Driver}}'])).stdout).toBe('vfs')
    expect(await engine.destroy()).toEqual(nothingLeft)
  })

  it('D19 lists what belongs to the driver that is away as waiting for it', async () => {
    const first = await EngineProcess.start()
    await first.loadBusybox()
    await first.docker(['create', '--name', 'kept', 'busybox', 'true'])
    await first.stop()
    const assembly = await assemblyWith('use: moby/storage-overlay', 'use: moby/storage-copy')
    const second = await EngineProcess.start({ assembly, dataRoot: first.dataRoot })
    expect((await second.docker(['ps', '-a', '--format', '{{.Names}}'])).stdout).toBe('kept')
    expect((await second.docker(['images', '--format', '{{.Repository}}'])).stdout).toBe('busybox')
    const start = await second.docker(['start', 'kept'])
    expect(start.exitCode).toBe(1)
    expect(start.stderr).toContain('overlay')
    await second.stop()
    await first.start()
    expect((await first.docker(['start', '-a', 'kept'])).exitCode).toBe(0)
    expect(await first.destroy()).toEqual(nothingLeft)
  })

  it('names both components and the contract when a required one is taken out', async () => {
    const manifest = await readFile(join(root, 'plugins/origin/moby.yaml'), 'utf8')
    const file = join(folder, 'moby.yaml')
    await writeFile(file, manifest.replace(/  state:\n    use: .*\n    version: .*\n/, ''))
    const result = await execa(moby, ['lock', '--assembly', file], { cwd: root, reject: false })
    expect(result.exitCode).not.toBe(0)
    expect(result.stderr).toContain('state.store')
    expect(result.stderr).toContain('moby/engine')
    expect(result.stderr).not.toContain('    at ')
  })

  it('takes a component from a folder outside the workspace with its own copy of the contracts', async () => {
    const outside = join(folder, 'outside')
    await cp(join(root, 'test/fixtures/outside-volume'), outside, { recursive: true })
    const manifest = await readFile(join(root, 'plugins/origin/moby.yaml'), 'utf8')
    const file = join(folder, 'moby.yaml')
    await writeFile(file, `${manifest}  outside:\n    use: example/outside-volume\n    from: folder:./outside\n`)
    await execa(moby, ['lock', '--assembly', file], { cwd: root })
    const engine = await EngineProcess.start({ assembly: file })
    await engine.loadBusybox()
    expect((await engine.docker(['volume', 'create', '-d', 'outside', 'far'])).stdout).toBe('far')
    const run = await engine.docker(['run', '--rm', '-v', 'far:/far', 'busybox', 'ls', '/far'])
    expect(run.stdout).toBe('made-outside')
    expect((await engine.docker(['volume', 'create', '-d', 'outside', 'error'])).stderr).toContain('"error" is no name')
    expect(await engine.destroy()).toEqual(nothingLeft)
  })
})
