import { readdir, stat } from 'node:fs/promises'
import process from 'node:process'
import { networkIpam, stateStore, storageVolume } from '@moby/contracts'
import { expect, describe, it } from 'vitest'
import { isAlive, volumes, Workshop } from './process-mode.fixture.ts'

/** An entry whose driver tells what it sees of its surroundings. */
const telling = `async create(context) {
  const { appendFileSync } = await import('node:fs')
  const note = (text) => appendFileSync(context.folders.data + '/../../../notes', text + '\\n')
  note('create')
  context.log.warn('made', { component: 'thief', size: 7 })
  console.log('plain words')
  console.error('complaint')
  return {
    provides: { 'storage.volume': {
      async capabilities() {
        const { name, component, config, instance, assembly } = context
        return { scope: 'local', pid: process.pid, cwd: process.cwd(), env: Object.keys(process.env).sort(),
          told: { name, component, config, instance, assembly: assembly.name } }
      },
      async list() { return { volumes: [] } },
      async get({ name }) { throw Object.assign(new Error('no ' + name), { [Symbol.for('moby.coded-error')]: true, code: 'VOLUME_NOT_FOUND', kind: 'not-found', hint: 'make it' }) },
      path() { return new Promise(() => {}) },
      async create({ name }) { context.degraded(name === 'well' ? undefined : name); return {} },
    } },
    async start() { note('start') },
    async stop(reason) { note('stop ' + reason) },
  }
}`

interface Told {
  readonly pid: number
  readonly cwd: string
  readonly env: readonly string[]
  readonly told: Readonly<Record<string, unknown>>
}

async function ask(driver: { capabilities(request: Record<string, never>): Promise<unknown> }): Promise<Told> {
  return (await driver.capabilities({})) as Told
}

describe('a component in a process of its own', () => {
  it('is the same component as in the process of the engine, with an environment of its own', async () => {
    const shop = await Workshop.open()
    const config = 'config: { type: object, properties: { size: { type: integer, default: 7 } } }'
    await shop.component('keeper', `${volumes('k')}\n${config}`, telling)
    process.env['MOBY_TEST_SECRET'] = 'x'
    const { handle, facts, stop } = await shop.boot(['keeper'])
    delete process.env['MOBY_TEST_SECRET']
    const driver = handle(storageVolume, 'k')
    const { pid, cwd, env, told } = await ask(driver)
    expect(pid).not.toBe(process.pid)
    expect(cwd).toBe(shop.path('parts/keeper'))
    expect(env).toContain('MOBY_CONTEXT')
    expect(env).not.toContain('MOBY_TEST_SECRET')
    expect(told).toEqual({
      name: 'keeper',
      component: { name: 't/keeper', version: '1.0.0' },
      config: { size: 7 },
      instance: {
        id: expect.stringMatching(/^[0-9a-f]{8}$/),
        dataRoot: shop.path('data'),
        runRoot: shop.path('data/run'),
      },
      assembly: 'test',
    })
    await expect(driver.get({ name: 'v' })).rejects.toMatchObject({ code: 'VOLUME_NOT_FOUND', hint: 'make it' })
    expect(facts.members()).toMatchObject([{ name: 'keeper', mode: 'process', status: 'ready' }])
    expect((await stat(shop.path('data/run/components/keeper/context.json'))).mode & 0o777).toBe(0o600)
    expect(await stop('stop-containers')).toEqual([])
    expect(await shop.notes()).toEqual(['create', 'start', 'stop stop-containers'])
    expect(await isAlive(pid)).toBe(false)
    expect(await readdir(shop.path('data/run/components/keeper'))).toEqual([])
  })

  it('has its lines in the log of the engine, where it cannot pass for another', async () => {
    const shop = await Workshop.open()
    await shop.component('keeper', volumes('k'), telling)
    await shop.boot(['keeper'])
    await expect.poll(() => shop.lines.filter(({ component }) => component === 'keeper').length).toBeGreaterThan(2)
    expect(shop.lines).toContainEqual({
      component: 'keeper',
      level: 'warn',
      message: 'made',
      fields: { component_: 'thief', size: 7 },
    })
    expect(shop.lines).toContainEqual({ component: 'keeper', level: 'info', message: 'plain words', fields: {} })
    expect(shop.lines).toContainEqual({ component: 'keeper', level: 'warn', message: 'complaint', fields: {} })
  })

  it('tells the kernel when it works with restrictions', async () => {
    const shop = await Workshop.open()
    await shop.component('keeper', volumes('k'), telling)
    const { handle, facts } = await shop.boot(['keeper'])
    await handle(storageVolume, 'k').create({ name: 'weak', options: {} })
    await expect.poll(() => facts.members()[0]).toMatchObject({ status: 'degraded', reason: 'weak' })
    await handle(storageVolume, 'k').create({ name: 'well', options: {} })
    await expect.poll(() => facts.members()[0]).toMatchObject({ status: 'ready', reason: undefined })
  })

  it('D11 reaches what it requires, and nothing else, by the socket of the kernel', async () => {
    const shop = await Workshop.open()
    const requires = `requires: [{ contract: storage.volume, range: ^0.1.0, many: true }, { contract: state.store, range: ^0.1.0, optional: true }]`
    await shop.component('one', volumes('one'), telling)
    await shop.component('two', volumes('two'), telling)
    const asking = `async create(context) {
      return { provides: { 'network.ipam': { async capabilities() {
        const { storageVolume, stateStore, networkDriver } = await import('${import.meta.resolve('@moby/contracts')}')
        const drivers = context.many(storageVolume)
        const refused = async (work) => { try { return await work() } catch ({ code }) { return code } }
        return {
          requiresMacAddress: false, requiresRequestReplay: false,
          names: drivers.list().map(({ name }) => name),
          pids: [(await drivers.get('one').capabilities({})).pid, (await drivers.get('two').capabilities({})).pid],
          refused: [
            await refused(() => drivers.get('one').get({ name: 'v' })),
            await refused(() => drivers.get('three').get({ name: 'v' })),
            await refused(() => context.one(networkDriver)),
            String(context.maybe(stateStore)),
          ],
        }
      } } } }
    }`
    await shop.component(
      'asker',
      `provides: [{ contract: network.ipam, version: 0.1.0, driver: a }]\n${requires}`,
      asking,
    )
    const { handle } = await shop.boot(['one', 'two', 'asker'])
    const answer = (await handle(networkIpam, 'a').capabilities({})) as unknown as Record<string, unknown>
    expect(answer).toMatchObject({
      names: ['one', 'two'],
      pids: [(await ask(handle(storageVolume, 'one'))).pid, (await ask(handle(storageVolume, 'two'))).pid],
      refused: ['VOLUME_NOT_FOUND', 'DRIVER_UNKNOWN', 'DRIVER_UNKNOWN', 'undefined'],
    })
    expect(() => handle(stateStore)).toThrow('has no state.store')
  })

  it('may be any program that answers the handshake', async () => {
    const shop = await Workshop.open()
    await shop.program(
      'plain',
      volumes('p'),
      `endWithEngine()
       note(JSON.stringify(context.requires))
       createServer((request, response) => {
         if (request.url === '/Plugin.Activate') return answer(response, handshake([volume]))
         note(request.url + ' ' + /^[0-9a-f-]{36}$/.test(request.headers['x-moby-call']))
         answer(response, { scope: 'global' })
       }).listen(context.listen)`,
    )
    const { handle, stop } = await shop.boot(['plain'])
    expect(await handle(storageVolume, 'p').capabilities({})).toEqual({ scope: 'global' })
    expect(await stop('leave-containers')).toEqual([])
    expect(await shop.notes()).toEqual([
      JSON.stringify({ socket: shop.path('data/run/components/plain/kernel'), contracts: [] }),
      '/storage.volume/capabilities true',
    ])
  })

  it.each([
    [
      'ends',
      `console.error('no disk'); process.exit(3)`,
      'plain (t/plain 1.0.0): its process ended with exit status 3: no disk [PROCESS_EXITED]',
    ],
    [
      'is another',
      `context.component.version = '2.0.0'; serve()`,
      'the peer is t/plain@2.0.0, not t/plain@1.0.0 [WIRE_PEER_UNEXPECTED]',
    ],
    [
      'serves another version',
      `volume.version = '0.2.0'; serve()`,
      't/plain serves storage.volume 0.2.0, 0.1.0 is needed [WIRE_VERSION_MISMATCH]',
    ],
    [
      'answers nonsense',
      `createServer((_, response) => response.end('<html>')).listen(context.listen)`,
      'not JSON: "<html>" [WIRE_RESPONSE_INVALID]',
    ],
  ])('fails with the reason when it %s, and leaves nothing', async (_how, text, words) => {
    const shop = await Workshop.open()
    await shop.program(
      'plain',
      `${volumes('p')}\nstartDeadlineMs: 20000`,
      `note(String(process.pid))
       const serve = () => createServer((_, response) => answer(response, handshake([volume]))).listen(context.listen)
       ${text}`,
    )
    await expect(shop.boot(['plain'])).rejects.toThrow(words)
    const [pid = ''] = await shop.notes()
    expect(await isAlive(Number(pid))).toBe(false)
    expect(await readdir(shop.path('data/run/components/plain'))).toEqual([])
  })

  it('fails with its last words when it never serves, and leaves nothing', async () => {
    const shop = await Workshop.open()
    // A shell is there long before the deadline, also on a busy machine.
    const command = ['/bin/sh', '-c', `echo $$ >> ${shop.path('notes')}; echo thinking; exec sleep 1000`]
    const head = `modes: [process]\ncommand: ${JSON.stringify(command)}\nstartDeadlineMs: 1500\n`
    await shop.part('plain', `${head}${volumes('p')}`, '')
    const words = 'did not serve within 1500 ms; its last line: thinking [COMPONENT_DEADLINE]'
    await expect(shop.boot(['plain'])).rejects.toThrow(words)
    const [pid = ''] = await shop.notes()
    expect(await isAlive(Number(pid))).toBe(false)
    expect(await readdir(shop.path('data/run/components/plain'))).toEqual([])
  })

  it('fails with its own coded error when its creation fails', async () => {
    const shop = await Workshop.open()
    const failing = `async create() { throw Object.assign(new Error('no overlay here'), { [Symbol.for('moby.coded-error')]: true, code: 'HOST_LACKS', kind: 'unavailable', hint: 'buy one' }) }`
    await shop.component('keeper', volumes('k'), failing)
    await expect(shop.boot(['keeper'])).rejects.toMatchObject({
      message: 'The assembly test did not start, because of keeper (t/keeper 1.0.0): no overlay here [HOST_LACKS]',
      hint: 'buy one',
    })
  })

  it('is told at once when its program does not exist', async () => {
    const shop = await Workshop.open()
    await shop.part('gone', `modes: [process]\ncommand: [./nowhere]\n${volumes('g')}`, '')
    await expect(shop.boot(['gone'])).rejects.toThrow(
      /cannot be started: spawn .*nowhere ENOENT \[PROCESS_NOT_STARTED\]/,
    )
  })

  it('takes with it what it started when it ends', async () => {
    const shop = await Workshop.open()
    await shop.program(
      'parent',
      volumes('p'),
      `endWithEngine()
       note(String(spawn('sleep', ['1000']).pid))
       createServer((_, response) => answer(response, handshake([volume]))).listen(context.listen)`,
    )
    const { stop } = await shop.boot(['parent'])
    expect(await stop('leave-containers')).toEqual([])
    const [child] = await shop.notes()
    await expect.poll(() => isAlive(Number(child))).toBe(false)
  })

  it('is ended with all that it started when it does not stop by itself', async () => {
    const shop = await Workshop.open()
    await shop.program(
      'stubborn',
      `${volumes('s')}\nstopDeadlineMs: 2000`,
      `process.on('SIGTERM', () => note('asked'))
       note(String(process.pid))
       note(String(spawn('sleep', ['1000']).pid))
       createServer((_, response) => answer(response, handshake([volume]))).listen(context.listen)`,
    )
    const { stop } = await shop.boot(['stubborn'])
    expect(await stop('leave-containers')).toMatchObject([
      {
        code: 'COMPONENT_DEADLINE',
        message: 'stubborn (t/stubborn 1.0.0) did not end within 1000 ms of SIGTERM and was killed',
      },
    ])
    const [pid, child, asked] = await shop.notes()
    expect(asked).toBe('asked')
    await expect.poll(async () => [await isAlive(Number(pid)), await isAlive(Number(child))]).toEqual([false, false])
  })
})
