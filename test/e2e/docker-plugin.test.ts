import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mustSkip } from '../skips.ts'
import { EngineProcess } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'
import { GoPlugin } from './go-plugin.ts'
import { until } from './until.ts'

/** Milliseconds of what waits for no plugin, on a busy host too; else it takes some 100. dockerd waits for half a minute. */
const prompt = 20_000

describe.skipIf(mustSkip('docker-cli') || mustSkip('go'))(
  "a volume plugin that was written for Docker's engine",
  () => {
    let engine: EngineProcess
    let plugin: GoPlugin
    const docker = (...args: string[]) => engine.docker(args)
    const run = (volume: string, script: string) =>
      docker('run', '--rm', '--network', 'none', '-v', `${volume}:/v`, 'busybox', 'sh', '-c', script)

    /** The docker client shows no warnings of this list; the answer of the API has them. */
    const warnings = async () => {
      const { body } = await engine.request('GET', '/volumes')
      return ((JSON.parse(body) as { Warnings: string[] | null }).Warnings ?? []).join('\n')
    }

    beforeAll(async () => {
      plugin = await GoPlugin.build()
      engine = await EngineProcess.start({ pluginDir: plugin.folder })
      await engine.loadBusybox()
    }, 360_000)
    afterAll(async () => {
      expect(await engine.destroy()).toEqual(nothingLeft)
      await plugin.remove()
    })

    it('is unknown until it is there, and then is a driver by the name of its socket at once', async () => {
      const before = await docker('volume', 'create', '-d', 'folders', 'notes')
      expect(before).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('folders') })
      await plugin.start()
      expect(await docker('volume', 'create', '-d', 'folders', '--opt', 'a=b', 'notes')).toMatchObject({
        exitCode: 0,
        stdout: 'notes',
      })
      const inspected = await docker(
        'volume',
        'inspect',
        'notes',
        '--format',
        '{{.Driver}} {{.Mountpoint}} {{.Status.users}}',
      )
      expect(inspected.stdout).toBe(`folders ${plugin.files('notes')} 0`)
    })

    it('holds what containers write, and is told of each use and its end', async () => {
      expect(await run('notes', 'echo hello > /v/first')).toMatchObject({ exitCode: 0 })
      expect(await readFile(join(plugin.files('notes'), 'first'), 'utf8')).toBe('hello\n')
      await docker('run', '-d', '--name', 'user', '--network', 'none', '-v', 'notes:/v', 'busybox', 'sleep', '1000')
      const users = async () => (await docker('volume', 'inspect', 'notes', '--format', '{{.Status.users}}')).stdout
      expect(await users()).toBe('1')
      expect((await docker('volume', 'rm', 'notes')).stderr).toContain('volume is in use')
      await docker('rm', '-f', 'user')
      expect(await users()).toBe('0')
    })

    it('keeps its mounts over a restart of the engine, once each', async () => {
      await docker('run', '-d', '--name', 'lasting', '--network', 'none', '-v', 'notes:/v', 'busybox', 'sleep', '1000')
      await engine.kill()
      await engine.start()
      const users = async () => (await docker('volume', 'inspect', 'notes', '--format', '{{.Status.users}}')).stdout
      expect(await users()).toBe('1')
      expect((await docker('exec', 'lasting', 'cat', '/v/first')).stdout).toBe('hello')
      await docker('rm', '-f', 'lasting')
      expect(await users()).toBe('0')
    })

    it('may be killed: lists answer at once and say so, containers go on, and it comes back by itself', async () => {
      await docker('volume', 'create', 'own')
      await docker('run', '-d', '--name', 'busy', '--network', 'none', '-v', 'notes:/v', 'busybox', 'sleep', '1000')
      await plugin.kill()
      const began = performance.now()
      const listed = await docker('volume', 'ls', '--format', '{{.Driver}} {{.Name}}')
      expect(performance.now() - began).toBeLessThan(prompt)
      expect(listed.stdout.split('\n').toSorted()).toEqual(['folders notes', 'local own'])
      expect(await warnings()).toBe(
        `volume driver folders: The plugin folders at ${plugin.socket} is away: nobody listens there`,
      )
      const inspected = await docker('volume', 'inspect', 'notes', '--format', '{{.Status.waitingFor}}')
      expect(inspected.stdout).toContain('nobody listens there')
      const refused = await run('notes', 'true')
      expect(refused).toMatchObject({ stderr: expect.stringContaining('is away: nobody listens there') })
      expect((await docker('exec', 'busy', 'cat', '/v/first')).stdout).toBe('hello')
      await plugin.start()
      expect(await run('notes', 'cat /v/first')).toMatchObject({ stdout: 'hello' })
      await docker('rm', '-f', 'busy')
    })

    it('may hang: calls fail in time and then at once, and all else is as quick as ever', async () => {
      plugin.freeze(true)
      try {
        const first = performance.now()
        expect(await warnings()).toContain('did not answer VolumeDriver')
        expect(performance.now() - first).toBeLessThan(prompt)
        const second = performance.now()
        expect(await warnings()).toContain('has not answered since')
        expect((await docker('ps', '-a')).exitCode).toBe(0)
        expect((await run('own', 'true')).exitCode).toBe(0)
        expect(performance.now() - second).toBeLessThan(prompt)
      } finally {
        plugin.freeze(false)
      }
      await until(async () => (await warnings()) === '')
    })

    it('is found away after a restart of the engine, which comes up all the same', async () => {
      await plugin.kill()
      await engine.stop()
      await engine.start()
      const listed = await docker('volume', 'ls', '--format', '{{.Driver}} {{.Name}}')
      expect(listed.stdout).toContain('folders notes')
      expect(await warnings()).toContain('volume driver folders')
      await plugin.start()
      expect((await docker('volume', 'rm', 'notes')).exitCode).toBe(0)
      expect(existsSync(plugin.files('notes'))).toBe(false)
    })
  },
)
