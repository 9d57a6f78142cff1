import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineContract, hasCode, type ComponentSource } from '@moby/contracts'
import { Type } from 'typebox'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeLock } from '../lock/make-lock.ts'
import { lockPath, writeLock } from '../lock/lock-file.ts'
import { loadManifest } from '../manifest/load-manifest.ts'
import { resolveAssembly } from '../resolve/resolve-assembly.ts'
import { partsSource } from '../testing/parts-source.ts'
import { bootAssembly, type BootOptions, type RunningAssembly } from './boot-assembly.ts'
import type { EngineLog } from './log.ts'

const echo = defineContract({
  id: 'test.echo',
  version: '1.0.0',
  doc: 'Says it again',
  overlap: 'shared',
  selection: 'driver',
  methods: {
    say: {
      doc: 'Says it again',
      request: Type.Object({ text: Type.String() }),
      response: Type.Object({ text: Type.String() }),
      errors: [],
      deadlineMs: 1000,
      idempotent: true,
    },
    listen: {
      doc: 'A stream of it',
      request: Type.Object({}),
      output: Type.Object({ text: Type.String() }),
      errors: [],
      deadlineMs: 0,
      idempotent: true,
    },
  },
})

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const noLog: EngineLog = { kernel: silent, of: () => silent, flush: () => undefined }

describe('an assembly', () => {
  let folder: string
  let sources: readonly ComponentSource[]
  let running: RunningAssembly | undefined

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moby-boot-'))
    sources = [partsSource(join(folder, 'parts'))]
    running = undefined
  })
  afterEach(async () => {
    await running?.stop('leave-containers')
    await rm(folder, { recursive: true, force: true })
  })

  /** A component in a folder of its own, with nothing of this project but the marks. It notes what happens to it. */
  async function component(name: string, descriptor: string, body: string): Promise<void> {
    await mkdir(join(folder, 'parts', name), { recursive: true })
    await writeFile(
      join(folder, 'parts', name, 'component.yaml'),
      `name: t/${name}\nversion: 1.0.0\ndescription: A fixture\nmodes: [module]\nentry: ./index.js\n${descriptor}\n`,
    )
    await writeFile(
      join(folder, 'parts', name, 'index.js'),
      `import { appendFileSync } from 'node:fs'
       const note = (text) => appendFileSync(${JSON.stringify(join(folder, 'notes'))}, '${name} ' + text + '\\n')
       export default { [Symbol.for('moby.component')]: true, ${body} }`,
    )
  }

  async function assembly(...lines: readonly string[]): Promise<string> {
    const file = join(folder, 'moby.yaml')
    const entries = lines.map((line) => {
      const [name = '', ...more] = line.split(' ')
      return `  ${name}: { use: t/${name}, from: "parts:"${more.map((each) => `, ${each.replace('=', ': ')}`).join('')} }\n`
    })
    await writeFile(file, `assembly: test\nversion: 1.2.3\ncomponents:\n${entries.join('')}`)
    const manifest = await loadManifest(file)
    await writeLock(lockPath(file), await makeLock(await resolveAssembly(manifest, sources)))
    return file
  }

  async function boot(manifestPath: string, more: Partial<BootOptions> = {}): Promise<RunningAssembly> {
    const dataRoot = join(folder, 'data')
    running = await bootAssembly({
      manifestPath,
      dataRoot,
      runRoot: join(dataRoot, 'run'),
      sources,
      log: noLog,
      ...more,
    })
    return running
  }

  const notes = async () => (await readFile(join(folder, 'notes'), 'utf8').catch(() => '')).trim().split('\n')

  const provider = (driver: string) => `provides: [{ contract: test.echo, version: 1.0.0, driver: ${driver} }]`
  const user = 'provides: []\nrequires: [{ contract: test.echo, range: ^1.0.0, many: true }]'
  const providing = `async create(context) {
    note('create')
    return {
      provides: { 'test.echo': {
        async say({ text }) { return { text: text + ' by ' + context.name } },
        async *listen() { yield { text: context.instance.id } },
      } },
      async start() { note('start') },
      async stop(reason) { note('stop ' + reason) },
    }
  }`
  const using = `async create(context) {
    note('create')
    return { provides: {}, async start() { note('start') }, async stop(reason) { note('stop ' + reason) } }
  }`

  it('creates and starts components after what they need, and stops them before', async () => {
    await component('speaker', provider('loud'), providing)
    await component('hearer', user, using)
    const { facts, stop } = await boot(await assembly('hearer', 'speaker'))
    expect(facts.members().map(({ name, status }) => `${name} ${status}`)).toEqual(['hearer ready', 'speaker ready'])
    await stop('stop-containers')
    expect(await notes()).toEqual([
      'speaker create',
      'hearer create',
      'speaker start',
      'hearer start',
      'hearer stop stop-containers',
      'speaker stop stop-containers',
    ])
  })

  it('gives handles that work until the driver is stopped, and then say that it is away', async () => {
    await component('speaker', provider('loud'), providing)
    const { handle, stop } = await boot(await assembly('speaker'))
    const driver = handle(echo, 'loud')
    expect(await driver.say({ text: 'hello' })).toEqual({ text: 'hello by speaker' })
    expect(await Array.fromAsync(driver.listen({}))).toEqual([{ text: expect.stringMatching(/^[0-9a-f]{8}$/) }])
    await stop('leave-containers')
    await expect(driver.say({ text: 'hello' })).rejects.toMatchObject({ code: 'DRIVER_AWAY' })
    await expect(Array.fromAsync(driver.listen({}))).rejects.toMatchObject({ code: 'DRIVER_AWAY' })
  })

  it('fails with one error that names every required component that failed, and stops the others', async () => {
    await component('speaker', provider('loud'), providing)
    await component('bad', 'provides: []', `async create() { throw new Error('no luck') }`)
    await component('worse', provider('soft'), `async create() { return { provides: {} } }`)
    await component('hearer', user, using)
    const file = await assembly('speaker', 'bad', 'worse', 'hearer')
    const error: unknown = await boot(file).catch((thrown: unknown) => thrown)
    expect(hasCode(error, 'BOOT_FAILED') && error.message).toContain('bad (t/bad 1.0.0): no luck')
    expect(hasCode(error, 'BOOT_FAILED') && error.message).toContain('worse (t/worse 1.0.0) does not provide test.echo')
    expect(await notes()).toContain('speaker stop leave-containers')
    await writeFile(join(folder, 'notes'), '')
    await boot(await assembly('speaker'))
    expect(await notes()).toEqual(['speaker create', 'speaker start'])
  })

  it('starts without an optional component, whose driver is then away', async () => {
    await component('speaker', provider('loud'), providing)
    await component('mute', provider('soft'), `async create() { throw new Error('no voice') }`)
    await component(
      'hearer',
      user,
      `async create(context) {
        const drivers = context.many({ id: 'test.echo', methods: { say: {} } })
        note(drivers.list().map(({ name }) => name).join() + ' ' + drivers.has('soft'))
        try { drivers.get('soft') } catch ({ code, message }) { note(code + ' ' + message) }
        return { provides: {} }
      }`,
    )
    const { facts } = await boot(await assembly('speaker', 'mute required=false', 'hearer'))
    expect(facts.members().find(({ name }) => name === 'mute')).toMatchObject({ status: 'failed', reason: 'no voice' })
    expect(await notes()).toContain('hearer loud true')
    expect(await notes()).toContain('hearer DRIVER_AWAY The driver soft of test.echo is away: no voice')
  })

  it('tells which component a failed optional one held back', async () => {
    await component('mute', provider('soft'), `async create() { throw new Error('no voice') }`)
    await component('hearer', user, using)
    const file = await assembly('mute required=false', 'hearer')
    await expect(boot(file)).rejects.toThrow('it needs test.echo, and mute (t/mute 1.0.0) failed')
  })

  it('does not start what needs a component that failed in its start, and stops it', async () => {
    const failing = providing.replace("async start() { note('start') }", `async start() { throw new Error('hoarse') }`)
    await component('speaker', provider('loud'), failing)
    await component('hearer', user, using)
    const file = await assembly('speaker', 'hearer')
    await expect(boot(file)).rejects.toThrow('speaker (t/speaker 1.0.0): hoarse\n  not started for that: hearer')
    expect((await notes()).toSorted()).toEqual([
      'hearer create',
      'hearer stop leave-containers',
      'speaker create',
      'speaker stop leave-containers',
    ])
  })

  it('D1 does not wait longer than the deadlines of a component', async () => {
    await component('slow', 'provides: []\nstartDeadlineMs: 50', `create() { return new Promise(() => {}) }`)
    await expect(boot(await assembly('slow'))).rejects.toThrow('took longer than 50 ms [COMPONENT_DEADLINE]')
    await component(
      'stuck',
      'provides: []\nstopDeadlineMs: 50',
      `async create() { return { provides: {}, stop() { return new Promise(() => {}) } } }`,
    )
    const { stop } = await boot(await assembly('stuck'))
    expect(await stop('leave-containers')).toMatchObject([{ code: 'COMPONENT_DEADLINE' }])
  })

  it('D17 gives a component its configuration with defaults, frozen, and folders that only it may enter', async () => {
    await component(
      'hearer',
      `provides: []\nconfig: { type: object, properties: { hosts: { type: array, default: [] }, deep: { type: object, default: {}, properties: { size: { default: 7 } } } } }`,
      `async create({ config, folders, name, component, assembly }) {
        note(JSON.stringify([config, Object.isFrozen(config.deep), name, component, assembly.version]))
        note(folders.data)
        return { provides: {} }
      }`,
    )
    await boot(await assembly('hearer'), { hosts: ['unix:///run/x.sock'] })
    const [first, second = ''] = await notes()
    expect(first).toBe(
      'hearer [{"hosts":["unix:///run/x.sock"],"deep":{"size":7}},true,"hearer",{"name":"t/hearer","version":"1.0.0"},"1.2.3"]',
    )
    expect((await stat(second.slice('hearer '.length))).mode & 0o777).toBe(0o700)
  })

  it('refuses --host when no component takes hosts', async () => {
    await component('speaker', provider('loud'), providing)
    await expect(boot(await assembly('speaker'), { hosts: ['unix:///x'] })).rejects.toMatchObject({
      code: 'HOST_OPTION_UNUSED',
    })
  })

  it('gives no contract that a component does not require', async () => {
    await component('speaker', provider('loud'), providing)
    await component('thief', 'provides: []', `async create(context) { context.one({ id: 'test.echo', methods: {} }) }`)
    const file = await assembly('speaker', 'thief')
    await expect(boot(file)).rejects.toThrow('asks for test.echo, which it does not require')
  })

  it('gives drivers that a component finds at run time to those who name them, and takes them back', async () => {
    await component('speaker', provider('loud'), providing)
    const finding = `async create(context) {
      const contract = { id: 'test.echo', methods: { say: {}, listen: {} } }
      const found = (name) => ({ async say() { return { text: name } }, async *listen() {} })
      const take = context.offer(contract, 'first', found('first'))
      try { context.offer(contract, 'loud', found('thief')) } catch ({ code, message }) { note(code + ' ' + message) }
      try { context.offer({ id: 'other', methods: {} }, 'x', {}) } catch ({ code }) { note(code) }
      try { context.offer(contract, 'half', { say() {} }) } catch ({ message }) { note(message) }
      return {
        provides: {},
        discover(id, name) {
          note('discover ' + name)
          if (name === 'second') context.offer(contract, name, found(name))
          if (name === 'gone') take('it left')
        },
      }
    }`
    await component('finder', 'provides: [{ contract: test.echo, version: 1.0.0, dynamic: true }]', finding)
    const naming = `async create(context) {
      const drivers = context.many({ id: 'test.echo', methods: { say: {} } })
      const names = () => drivers.list().map(({ name }) => name).join()
      const first = drivers.get('first')
      note(names() + ' ' + (await first.say({})).text + ' ' + (await drivers.get('second').say({})).text)
      note(names() + ' ' + drivers.has('gone') + ' ' + names())
      await first.say({}).catch(({ code, message }) => note(code + ' ' + message))
      return { provides: {} }
    }`
    await component('hearer', user, naming)
    const { facts } = await boot(await assembly('hearer', 'finder', 'speaker'))
    const taken =
      'DRIVER_NAME_TAKEN finder (t/finder@1.0.0) offers test.echo as loud, but speaker (t/speaker@1.0.0) has'
    expect((await notes()).filter((note) => !note.startsWith('speaker'))).toEqual([
      `finder ${taken} that name already`,
      'finder COMPONENT_FAILED',
      'finder finder (t/finder@1.0.0) offers test.echo as half, but it lacks listen',
      'finder discover second',
      'hearer first,loud first second',
      'finder discover gone',
      'hearer first,second,loud false second,loud',
      'hearer DRIVER_AWAY The driver first of test.echo is away: it left',
    ])
    expect(facts.members().find(({ name }) => name === 'finder')?.provides).toEqual([
      { contract: 'test.echo', version: '1.0.0', dynamic: true },
      { contract: 'test.echo', version: '1.0.0', driver: 'second' },
    ])
  })

  it('takes a component that finds its drivers at run time for no provider of a contract that is needed', async () => {
    await component('finder', 'provides: [{ contract: test.echo, version: 1.0.0, dynamic: true }]', using)
    await component('hearer', user, using)
    await expect(assembly('hearer', 'finder')).rejects.toThrow('test.echo')
  })

  it('refuses a data root that another engine has', async () => {
    await component('speaker', provider('loud'), providing)
    const file = await assembly('speaker')
    const first = await boot(file)
    const second = { dataRoot: join(folder, 'data'), runRoot: join(folder, 'run') }
    await expect(bootAssembly({ manifestPath: file, ...second, sources, log: noLog })).rejects.toMatchObject({
      code: 'DATA_ROOT_LOCKED',
      message: expect.stringContaining(`locked by pid ${process.pid}`),
    })
    await first.stop('leave-containers')
    await boot(file)
  })

  it('D20 refuses code that changed after the lock', async () => {
    await component('speaker', provider('loud'), providing)
    const file = await assembly('speaker')
    await component('speaker', provider('loud'), `async create() { note('evil') }`)
    await expect(boot(file)).rejects.toMatchObject({ code: 'PAYLOAD_CHANGED' })
    expect(await notes()).toEqual([''])
  })
})
