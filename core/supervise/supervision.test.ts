import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { componentAssembly, storageVolume, type AssemblyMember } from '@moby/contracts'
import { connectPeer } from '@moby/contracts/wire'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunningAssembly } from '../kernel/boot-assembly.ts'
import { isAlive, quick, volumes, Workshop } from '../process/process-mode.fixture.ts'

/** Tells its pid, has a call that never ends, and fails to be created while the file `broken` is there. */
const keeper = `async create(context) {
  const { existsSync } = await import('node:fs')
  if (existsSync(context.folders.data + '/broken')) throw new Error('still broken')
  return { provides: { 'storage.volume': {
    async capabilities() { return { scope: 'local', pid: process.pid } },
    path() { return new Promise(() => {}) },
    async list() { await new Promise((resolve) => setTimeout(resolve, 300)); return { volumes: [] } },
  } } }
}`
const user = `provides: []\nrequires: [{ contract: storage.volume, range: ^0.1.0, many: true }]`
const nothing = `async create() { return { provides: {} } }`

function memberOf({ facts }: RunningAssembly, name: string): AssemblyMember | undefined {
  return facts.members().find((member) => member.name === name)
}

async function pidOf(running: RunningAssembly): Promise<number> {
  const answer: unknown = await running.handle(storageVolume, 'k').capabilities({})
  return (answer as { pid: number }).pid
}

async function untilBack(running: RunningAssembly): Promise<void> {
  await expect.poll(() => memberOf(running, 'keeper')?.status).toBe('ready')
}

describe('a component in a process of its own that ends', () => {
  it('D3 is away at once, with its users told, and comes back behind the same handles', async () => {
    const shop = await Workshop.open()
    await shop.component('keeper', volumes('k'), keeper)
    await shop.component('hearer', user, nothing)
    const running = await shop.boot(['keeper', 'hearer:module'], {
      supervision: { ...quick, firstDelayMs: 2_000 },
    })
    const turns: string[] = []
    running.facts.watch(({ name, status }) => turns.push(`${name} ${status}`))
    const driver = running.handle(storageVolume, 'k')
    const pid = await pidOf(running)
    const inFlight = driver.path({ name: 'v' }).catch((error: unknown) => error)
    await sleep(50)
    process.kill(pid, 'SIGKILL')
    expect(await inFlight).toMatchObject({
      code: 'DRIVER_LOST',
      message:
        'keeper (t/keeper 1.0.0) ended or broke off during storage.volume path; whether it was carried out is not known',
    })
    await expect.poll(() => memberOf(running, 'keeper')?.status).toBe('away')
    expect(memberOf(running, 'keeper')?.reason).toMatch(
      /^its process ended by SIGKILL \[PROCESS_EXITED\]; it is started again in \d\.\d s$/,
    )
    expect(memberOf(running, 'hearer')).toMatchObject({
      status: 'degraded',
      reason: 'keeper (storage.volume k) is away',
    })
    await expect(driver.capabilities({})).rejects.toMatchObject({
      code: 'DRIVER_AWAY',
      message: expect.stringContaining('The driver k of storage.volume is away: its process ended by SIGKILL'),
    })
    // It did not wait for the next life.
    expect(turns).toEqual(['keeper away', 'hearer degraded'])
    await untilBack(running)
    expect(await pidOf(running)).not.toBe(pid)
    expect(memberOf(running, 'hearer')).toMatchObject({ status: 'ready', reason: undefined })
    expect(turns).toEqual(['keeper away', 'hearer degraded', 'keeper ready', 'hearer ready'])
  })

  it('D17 is ended and started again when it does not answer, while its handles are away', async () => {
    const shop = await Workshop.open()
    await shop.program(
      'keeper',
      volumes('k'),
      `endWithEngine()
       createServer((request, response) => {
         if (request.url === '/Plugin.Activate') return answer(response, handshake([volume]))
         answer(response, { scope: 'local', pid: process.pid })
       }).listen(context.listen)`,
    )
    const running = await shop.boot(['keeper'], { supervision: { ...quick, misses: 1 } })
    const pid = await pidOf(running)
    process.kill(pid, 'SIGSTOP')
    await expect.poll(() => isAlive(pid)).toBe(false)
    const reasons = () =>
      shop.lines.filter(({ message }) => message === 'went away').map(({ fields }) => fields['reason'])
    await expect.poll(reasons).toEqual(['it did not answer 1 times in a row and was ended [PROCESS_EXITED]'])
    await untilBack(running)
    expect(shop.lines.map(({ message }) => message)).toContain('did not answer when asked for its health')
  })

  it('D4 stays away when it ends too often, until an operator asks for it', async () => {
    const shop = await Workshop.open()
    await shop.component('keeper', volumes('k'), keeper)
    const running = await shop.boot(['keeper'], { supervision: { ...quick, budget: 2 } })
    const broken = join(shop.path('data/components/keeper'), 'broken')
    await writeFile(broken, '')
    process.kill(await pidOf(running), 'SIGKILL')
    await expect
      .poll(() => memberOf(running, 'keeper')?.reason)
      .toMatch(
        /still broken .*ended too often \(2 starts in 10 minutes\) and is tried again in 60 s, or by: moby retry/,
      )
    await expect(running.handle(storageVolume, 'k').capabilities({})).rejects.toThrow('ended too often')
    await rm(broken)
    const engine = connectPeer({ socketPath: shop.path('data/run/moby.sock') })
    onTestFinished(() => engine.close())
    const control = engine.contract(componentAssembly)
    expect((await control.status({})).members).toMatchObject([{ name: 'keeper', status: 'away' }])
    await control.retry({ name: 'keeper' })
    await untilBack(running)
    await expect(control.retry({ name: 'keeper' })).rejects.toMatchObject({ code: 'MEMBER_NOT_AWAY' })
    await expect(control.retry({ name: 'keepr' })).rejects.toMatchObject({ code: 'ENTRY_UNKNOWN' })
  })

  it('D1 does not stop the start when it is optional, and is tried again, with those that it held back', async () => {
    const shop = await Workshop.open()
    await shop.component(
      'keeper',
      volumes('k'),
      keeper.replace(
        'if (existsSync',
        `if (!existsSync(context.folders.data + '/mended')) throw new Error('not yet')\n  if (existsSync`,
      ),
    )
    await shop.component('hearer', user, nothing)
    const running = await shop.boot(['keeper?', 'hearer?:module'])
    expect(memberOf(running, 'hearer')).toMatchObject({ status: 'failed' })
    await writeFile(join(shop.path('data/components/keeper'), 'mended'), '')
    await untilBack(running)
    expect(await pidOf(running)).toBeGreaterThan(0)
    await expect.poll(() => memberOf(running, 'hearer')?.status).toBe('ready')
  })

  it('does not hold up an engine that stops while it is starting', async () => {
    const shop = await Workshop.open()
    const slow = keeper.replace(
      'if (existsSync',
      `if (existsSync(context.folders.data + '/slow')) await new Promise(() => {})\n  if (existsSync`,
    )
    await shop.component('keeper', volumes('k'), slow)
    const running = await shop.boot(['keeper'])
    await writeFile(join(shop.path('data/components/keeper'), 'slow'), '')
    const pid = await pidOf(running)
    process.kill(pid, 'SIGKILL')
    const record = shop.path('data/run/components/keeper/process.json')
    await expect.poll(async () => (await readFile(record, 'utf8').catch(() => '')).includes(`:${pid},`)).toBe(false)
    await expect.poll(() => existsSync(record)).toBe(true)
    const began = performance.now()
    await running.stop('leave-containers')
    expect(performance.now() - began).toBeLessThan(15_000)
    expect(existsSync(record)).toBe(false)
  })

  it('is not started any more when the engine stops meanwhile', async () => {
    const shop = await Workshop.open()
    await shop.component('keeper', volumes('k'), keeper)
    const running = await shop.boot(['keeper'], { supervision: { ...quick, firstDelayMs: 1 } })
    const away = Promise.withResolvers<void>()
    running.facts.watch(({ status }) => status === 'away' && away.resolve())
    process.kill(await pidOf(running), 'SIGKILL')
    await away.promise
    await running.stop('leave-containers')
    await sleep(100)
    expect(existsSync(shop.path('data/run/components/keeper/process.json'))).toBe(false)
  })
})

describe('an engine that is killed', () => {
  it('leaves no component behind, and the next one ends those that do not notice', { timeout: 60_000 }, async () => {
    const shop = await Workshop.open()
    await shop.component(
      'keeper',
      volumes('k'),
      `${keeper.replace(
        'return { provides',
        `
      const { appendFileSync } = await import('node:fs')
      appendFileSync(${JSON.stringify(shop.path('notes'))}, process.pid + '\\n')
      return { provides`,
      )}`,
    )
    await shop.program(
      'deaf',
      volumes('d'),
      `note(String(process.pid))
       setInterval(() => {}, 1000)
       createServer((_, response) => answer(response, handshake([volume]))).listen(context.listen)`,
    )
    const options = await shop.options(['keeper', 'deaf'])
    const roots = { manifestPath: options.manifestPath, dataRoot: options.dataRoot, runRoot: options.runRoot }
    const engine = spawn(
      process.execPath,
      [join(import.meta.dirname, 'engine.fixture.ts'), JSON.stringify({ ...roots, parts: shop.path('parts') })],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(engine.stdout, 'data')
    const [first = '', second = ''] = await shop.notes()
    engine.kill('SIGKILL')
    await once(engine, 'exit')
    const left = async () => [await isAlive(Number(first)), await isAlive(Number(second))].filter(Boolean).length
    await expect.poll(left).toBe(1)
    const running = await shop.boot(['keeper', 'deaf'])
    expect(await left()).toBe(0)
    expect(memberOf(running, 'deaf')?.status).toBe('ready')
    expect(shop.lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: 'a component of an engine that was killed still ran, and was ended',
      }),
    )
  })
})
