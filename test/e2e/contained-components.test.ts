import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import {
  authAuthenticate,
  authAuthorize,
  componentLauncher,
  storageVolume,
  type ContractDefinition,
  type DriverSet,
} from '@moby/contracts'
import { casesOf, runCase, type Subject } from '@moby/contracts/conformance'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sourcesFor } from '../../core/cli/sources.ts'
import { killSubject } from '../../core/conform/kill-subject.ts'
import { bootAssembly, type RunningAssembly } from '../../core/kernel/boot-assembly.ts'
import { lockPath, writeLock } from '../../core/lock/lock-file.ts'
import { makeLock } from '../../core/lock/make-lock.ts'
import { loadManifest } from '../../core/manifest/load-manifest.ts'
import { resolveAssembly } from '../../core/resolve/resolve-assembly.ts'
import { supervisionLimits } from '../../core/supervise/policy.ts'
import { ScriptedRegistry } from '../../registry/client/fixtures/scripted-registry.ts'
import { localVolumes } from '../contract/drivers.ts'
import { makeComponentImage } from '../fixtures/component-image.ts'

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const grants = `
grants:
  capabilities: [CAP_SYS_ADMIN, CAP_CHOWN, CAP_FOWNER, CAP_DAC_OVERRIDE]
  shareMounts: true
permissions: [host.mount]`
const image = '\nimage: { folder: ./image }'

let home = ''
let running: RunningAssembly | undefined

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cc-'))
  await mkdir(join(home, 'volumes'))
  await mkdir(join(home, 'plain'))
  await makeComponentImage('volume-local', join(home, 'volumes/image'))
})
afterEach(async () => {
  await running?.stop('stop-containers')
  running = undefined
})
afterAll(() => rm(home, { recursive: true, force: true }))

/** The descriptor of volume-local for a container: in `volumes` with an image beside it, in `plain` with nothing. */
async function describeVolumes(more: string, folder = 'volumes'): Promise<void> {
  const text = await readFile(join(import.meta.dirname, '../../plugins/volume-local/component.yaml'), 'utf8')
  const own = text
    .replace(/^modes: .*$/m, 'modes: [container]')
    .replace(/^entry: .*\n/m, '')
    .replace(/^permissions: [^]*$/m, '')
  await writeFile(join(home, folder, 'component.yaml'), `${own}\n${more}\n`)
}

async function lock(entries: string): Promise<string> {
  const file = join(home, 'moby.yaml')
  await writeFile(file, `assembly: test\nversion: 1.0.0\ncomponents:\n${entries}`)
  await writeLock(lockPath(file), await makeLock(await resolveAssembly(await loadManifest(file), sourcesFor(file))))
  return file
}

async function boot(entries: string): Promise<RunningAssembly> {
  const manifestPath = await lock(entries)
  const log = { kernel: silent, of: () => silent, flush: () => undefined }
  const supervision = { ...supervisionLimits, firstDelayMs: 20, longestDelayMs: 200 }
  const sources = sourcesFor(manifestPath)
  const dataRoot = join(home, 'd')
  running = await bootAssembly({ manifestPath, dataRoot, runRoot: join(dataRoot, 'r'), sources, log, supervision })
  return running
}

const launcher = (config = '') => `  launcher: { use: moby/launcher-runc${config} }\n`
const entryFrom = (folder: string) =>
  `  volumes: { use: moby/volume-local, from: "folder:./${folder}", mode: container }\n`
const volumes = entryFrom('volumes')
const plain = entryFrom('plain')

/** The image of a layout with a label that holds the descriptor. */
async function labelledImage(layout: string, descriptor: string) {
  const blob = (digest: string) => readFile(join(layout, 'blobs/sha256', digest.replace('sha256:', '')))
  const json = async <T>(digest: string) => JSON.parse((await blob(digest)).toString('utf8')) as T
  const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as { manifests: [{ digest: string }] }
  const manifest = await json<{ config: { digest: string }; layers: { digest: string }[] }>(index.manifests[0].digest)
  const image = await json<{ config: object }>(manifest.config.digest)
  const labels = { 'org.mobyproject.component': descriptor }
  const config = Buffer.from(JSON.stringify({ ...image, config: { ...image.config, Labels: labels } }))
  const digest = `sha256:${createHash('sha256').update(config).digest('hex')}`
  const layers = await Promise.all(manifest.layers.map((layer) => blob(layer.digest)))
  const own = { ...manifest, config: { ...manifest.config, digest, size: config.length } }
  return { manifest: own, blobs: [config, ...layers] }
}

/** What an engine could leave on the host. */
async function traces(): Promise<string[]> {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const lives = await readdir(join(home, 'd/r/components/launcher/lives')).catch(() => [])
  return [...mounts.filter((line) => line.includes(home)), ...lives]
}

describe('volume-local in a container of crun, from an image layout', () => {
  it('keeps every promise of storage.volume, through the kernel', async () => {
    await describeVolumes(grants + image)
    const assembly = await boot(volumes + launcher(', config: { binary: crun }'))
    expect(assembly.facts.members().map(({ name, mode, status }) => `${name} ${mode} ${status}`)).toEqual([
      'volumes container ready',
      'launcher module ready',
    ])
    const started = assembly.handle(componentLauncher)
    const pidOf = async () => (await started.list({})).containers.find(({ status }) => status === 'running')?.pid ?? 0
    const subject: Subject<ContractDefinition, unknown> = {
      driver: assembly.handle(storageVolume, 'local') as never,
      fixtures: localVolumes,
      restart: async () =>
        await killSubject(assembly, { entry: 'volumes', mode: 'container', runRoot: join(home, 'd/r') }),
    }
    expect(readFileSync(`/proc/${await pidOf()}/cmdline`, 'utf8')).toContain('core/process/host.ts')
    const failures: string[] = []
    const cases = casesOf(storageVolume.id)
    for (const each of cases) {
      await runCase(each, subject).catch((error: unknown) => failures.push(`${each.id}: ${String(error)}`))
    }
    expect(failures).toEqual([])
    expect(cases.length).toBeGreaterThan(5)
    // What it mounts is mounted on the host: in its own namespace alone nobody else could use the volume.
    const volume = { name: 'seen', id: 'me' }
    const driver = assembly.handle(storageVolume, 'local')
    await driver.create({ name: 'seen', options: { type: 'tmpfs', device: 'tmpfs' } })
    const { mountpoint } = await driver.mount(volume)
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).toContain(` ${mountpoint} `)
    await driver.unmount(volume)
    await driver.remove({ name: 'seen' })
    expect(await assembly.stop('stop-containers')).toEqual([])
    expect(await traces()).toEqual([])
  }, 240_000)
})

describe('an assembly with components in containers', () => {
  it('takes one from a registry, by the digest of its image', async () => {
    await describeVolumes(grants + image)
    const descriptor = await readFile(join(home, 'volumes/component.yaml'), 'utf8')
    const registry = await ScriptedRegistry.start()
    process.env['MOBY_CACHE'] = join(home, 'cache')
    try {
      const { manifest, blobs } = await labelledImage(join(home, 'volumes/image'), descriptor)
      for (const blob of blobs) registry.putBlob(blob)
      const digest = registry.putManifest('team/volumes', 'v1', manifest)
      const from = `oci:${registry.host}/team/volumes`
      const entry = (place: string) => `  volumes: { use: moby/volume-local, from: "${place}", mode: container }\n`
      await expect(lock(entry(`${from}:v1`) + launcher())).rejects.toThrow(`${from}:v1 names an image by a tag`)
      const assembly = await boot(entry(`${from}@${digest}`) + launcher())
      const driver = assembly.handle(storageVolume, 'local')
      await driver.create({ name: 'far', options: {} })
      expect((await driver.list({})).volumes.map(({ name }) => name)).toContain('far')
      await driver.remove({ name: 'far' })
      expect(await readFile(join(home, 'moby.lock'), 'utf8')).toContain(`digest: ${digest}`)
    } finally {
      delete process.env['MOBY_CACHE']
      await registry.stop()
    }
  })

  it('tells why a component cannot start, in the words of its container', async () => {
    const node = JSON.stringify(process.execPath)
    const running = (command: string) => describeVolumes(`${grants}\nimage: { command: [${command}] }`, 'plain')
    const file = plain + launcher()
    await running(`${node}, -e, "console.error(7); process.exit(3)"`)
    await expect(boot(file)).rejects.toThrow('its process ended with exit status 3: 7')
    await running('/no/such')
    await expect(boot(file)).rejects.toThrow(/could not be started: .*\/no\/such/)
    await describeVolumes(`${grants}\nimage: { folder: ./no-such }`, 'plain')
    await expect(boot(file)).rejects.toThrow('plain/no-such of volumes (moby/volume-local 0.1.0) does not exist')
    expect(await traces()).toEqual([])
  })

  it('shows a component without an image the programs of the host and its own code, to read and nothing else', async () => {
    const folder = join(home, 'plain')
    const look = `
      const { readdirSync, writeFileSync, mkdirSync } = require('node:fs')
      const attempt = (work) => { try { work(); return 'done' } catch ({ code }) { return code } }
      console.error(JSON.stringify([
        readdirSync('/').filter((name) => !['proc', 'sys', 'dev', 'lib32', 'etc'].includes(name)).sort(),
        attempt(() => writeFileSync('/usr/x', '')), attempt(() => writeFileSync('${folder}/x', '')),
        attempt(() => mkdirSync('/new')), process.cwd(),
      ]))
      process.exit(3)`
    await writeFile(join(folder, 'look.cjs'), look)
    const top = (path: string) => path.split('/')[1] ?? ''
    await describeVolumes(`\ncommand: [${JSON.stringify(process.execPath)}, look.cjs]`, 'plain')
    const seen = [...new Set(['usr', 'bin', 'sbin', 'lib', 'lib64', top(folder), top(process.execPath)])]
    const expected = [seen.toSorted(), 'EROFS', 'EROFS', 'EROFS', folder]
    await expect(boot(plain + launcher())).rejects.toThrow(`exit status 3: ${JSON.stringify(expected)}`)
    await rm(join(folder, 'look.cjs'))
  })

  it('replaces one live, also when it runs as somebody else than root', async () => {
    const entries = (group: string, mode: string) =>
      `  auth: { use: moby/auth-socket, mode: container, config: { group: "${group}" } }\n` +
      `  volumes: { use: moby/volume-local, mode: ${mode} }\n${launcher()}`
    const assembly = await boot(entries('4711', 'process'))
    const driver = assembly.handle(authAuthenticate, 'socket')
    expect(await driver.socket({})).toEqual({ mode: 0o660, gid: 4711 })
    const volume = assembly.handle(storageVolume, 'local')
    await volume.create({ name: 'kept', options: { type: 'tmpfs', device: 'tmpfs' } })
    await lock(entries('4712', 'container'))
    // Other cases have had generations in this data root.
    const before = assembly.changes.list().at(-1)?.number ?? 0
    expect((await assembly.changes.apply()).generation).toBe(before + 1)
    expect(await driver.socket({})).toEqual({ mode: 0o660, gid: 4712 })
    const started = await assembly.handle(componentLauncher).list({})
    const names = started.containers.map(({ name, status }) => `${name} ${status}`)
    expect(names.toSorted()).toEqual(['auth running', 'volumes running'])
    const { pid = 0 } = started.containers.find(({ name }) => name === 'auth') ?? {}
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Uid:\t65534\t[^]*^CapEff:\t0+$/m)
    const { mountpoint } = await volume.mount({ name: 'kept', id: 'me' })
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).toContain(` ${mountpoint} `)
    await volume.unmount({ name: 'kept', id: 'me' })
    expect(await assembly.stop('stop-containers')).toEqual([])
    expect(await traces()).toEqual([])
  })

  it('goes back to the files that one had, and lets it read them as somebody else than root', async () => {
    const folder = join(home, 'judge')
    await mkdir(folder)
    const head = 'name: t/judge\nversion: 1.0.0\ndescription: x\nmodes: [container]\nentry: ./index.js\n'
    const provides = 'provides: [{ contract: auth.authorize, version: 0.1.0, driver: a }]\n'
    await writeFile(join(folder, 'component.yaml'), `${head}image: { user: "65534" }\n${provides}`)
    await writeFile(join(folder, 'package.json'), '{"type":"module"}')
    const write = async (words: string) => {
      const text = `import { words } from './words.js'
        const authorize = async () => ({ allow: true, message: words + process.getuid() })
        const provides = { 'auth.authorize': { authorize, authorizeResponse: authorize } }
        export default { [Symbol.for('moby.component')]: true, async create() { return { provides } } }`
      await writeFile(join(folder, 'index.js'), text)
      await writeFile(join(folder, 'words.js'), `export const words = '${words} by '`)
    }
    const entries = `  judge: { use: t/judge, from: "folder:./judge", mode: container }\n${launcher()}`
    await write('then')
    const assembly = await boot(entries)
    const said = async () => {
      const principal = { name: 'me', method: 'socket', groups: [] }
      const operation = { name: 'system.info', request: {} }
      return (await assembly.handle(authAuthorize, 'a').authorize({ principal, operation })).message
    }
    expect(await said()).toBe('then by 65534')
    await write('now')
    await lock(entries)
    await assembly.changes.apply()
    expect(await said()).toBe('now by 65534')
    await rm(folder, { recursive: true })
    await assembly.changes.rollback()
    expect(await said()).toBe('then by 65534')
    expect(await assembly.stop('stop-containers')).toEqual([])
    expect(await traces()).toEqual([])
  })

  it('uses drivers that one of them finds while it runs', async () => {
    const part = async (name: string, descriptor: string, body: string) => {
      await mkdir(join(home, name))
      const head = `name: t/${name}\nversion: 1.0.0\ndescription: x\nmodes: [module, container]\nentry: ./index.js\n`
      await writeFile(join(home, name, 'component.yaml'), head + descriptor)
      await writeFile(join(home, name, 'package.json'), '{"type":"module"}')
      const text = `export default { [Symbol.for('moby.component')]: true, async create(context) { ${body} } }`
      await writeFile(join(home, name, 'index.js'), text)
    }
    const contract = `{ id: 'storage.volume', methods: { capabilities: {} } }`
    await part(
      'finder',
      'provides: [{ contract: storage.volume, version: 0.1.0, dynamic: true }]\n',
      `const offer = (name) => context.offer(${contract}, name, { capabilities: async () => ({ scope: 'local', name, pid: process.pid }) })
       offer('first')
       return { provides: {}, discover: (_contract, name) => void (name === 'second' && offer(name)) }`,
    )
    await part(
      'holder',
      'provides: []\nrequires: [{ contract: storage.volume, range: ^0.1.0, many: true, optional: true }]\n',
      `globalThis.heldVolumes = context.many(${contract}); return { provides: {} }`,
    )
    const entry = (name: string, mode: string) =>
      `  ${name}: { use: t/${name}, from: "folder:./${name}", mode: ${mode} }\n`
    const assembly = await boot(entry('finder', 'container') + entry('holder', 'module') + launcher())
    const { heldVolumes } = globalThis as unknown as { heldVolumes: DriverSet<typeof storageVolume> }
    // The first process of a container has the number 1 there.
    expect(await heldVolumes.get('first').capabilities({})).toMatchObject({ name: 'first', pid: 1 })
    expect(await heldVolumes.get('second').capabilities({})).toMatchObject({ name: 'second' })
    await expect(heldVolumes.get('third').capabilities({})).rejects.toMatchObject({ code: 'DRIVER_UNKNOWN' })
    expect(assembly.facts.members()[0]?.provides.flatMap(({ driver }) => driver ?? [])).toEqual(['first', 'second'])
  })

  it('D23 needs a launcher, which neither runs in a container nor needs one', async () => {
    await describeVolumes(`${grants}\ncommand: [./x]`, 'plain')
    await expect(lock(plain)).rejects.toMatchObject({
      code: 'REQUIREMENT_MISSING',
      message: expect.stringContaining(
        'volumes is to run in mode container, and the assembly has no launcher',
      ) as string,
      hint: `add to the components of ${join(home, 'moby.yaml')}: launcher: {use: moby/launcher-runc}`,
    })
    await mkdir(join(home, 'starter'), { recursive: true })
    const starter = (more: string) =>
      writeFile(
        join(home, 'starter/component.yaml'),
        `name: t/starter\nversion: 1.0.0\ndescription: x\nmodes: [module, container]\nentry: ./index.js\nimage: { folder: . }\nprovides: [{ contract: component.launcher, version: 0.1.0 }]\n${more}\n`,
      )
    await starter('')
    const entry = (mode: string) => `  starter: { use: t/starter, from: "folder:./starter", mode: ${mode} }\n`
    await expect(lock(plain + entry('container'))).rejects.toMatchObject({
      code: 'ASSEMBLY_CYCLE',
      message: expect.stringContaining('starter -> component.launcher -> starter') as string,
    })
    await starter('requires: [{ contract: storage.volume, range: ^0.1.0, many: true }]')
    await expect(lock(plain + entry('module'))).rejects.toThrow('volumes -> starter -> volumes')
  })

  it('D20 locks what is granted, and refuses grants that no permission tells of', async () => {
    const command = '\ncommand: [./x]'
    await describeVolumes(grants + command, 'plain')
    const { components } = JSON.parse(
      JSON.stringify(
        await makeLock(
          await resolveAssembly(
            await loadManifest(await lock(plain + launcher())),
            sourcesFor(join(home, 'moby.yaml')),
          ),
        ),
      ),
    ) as { components: Record<string, { grants?: unknown; requires: unknown[] }> }
    expect(components['volumes']?.grants).toEqual({
      capabilities: ['CAP_SYS_ADMIN', 'CAP_CHOWN', 'CAP_FOWNER', 'CAP_DAC_OVERRIDE'],
      shareMounts: true,
    })
    expect(components['launcher']?.grants).toBeUndefined()
    for (const [more, what] of [
      ['capabilities: [CAP_SYS_TIME]', 'CAP_SYS_TIME'],
      ['mounts: [{ source: /etc, readOnly: true }]', 'the mount of /etc'],
      ['devices: [{ path: /dev/fuse }]', 'the device /dev/fuse'],
      ['network: host', 'the network of the host'],
    ] as const) {
      await describeVolumes(`permissions: [host.mount]${command}\ngrants: { ${more} }`, 'plain')
      await expect(lock(plain + launcher())).rejects.toMatchObject({
        code: 'GRANT_UNTOLD',
        message: expect.stringContaining(`is granted ${what}`) as string,
      })
    }
    await describeVolumes('permissions: [host.mount]', 'plain')
    await expect(lock(plain + launcher())).rejects.toThrow('names neither an image nor what to run')
  })
})
