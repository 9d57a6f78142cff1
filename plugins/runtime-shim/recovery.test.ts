import { spawn, type ChildProcess } from 'node:child_process'
import { constants, existsSync, readdirSync } from 'node:fs'
import { chmod, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import {
  leftovers,
  leftoversOfContainers,
  makeBundle,
  makeWorkbench,
  shimProcesses,
  until,
  type Bundle,
  type Workbench,
} from './testing/workbench.ts'

const benches: Workbench[] = []
const children: ChildProcess[] = []

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const bench of benches.splice(0)) await bench.clean()
})

async function bench(...args: Parameters<typeof makeWorkbench>): Promise<Workbench> {
  const made = await makeWorkbench(...args)
  benches.push(made)
  return made
}

async function run(on: Workbench, args: string[]): Promise<Bundle> {
  const bundle = await makeBundle(on, args)
  await on.driver.create({ id: bundle.id, bundle: bundle.path, stdio: bundle.stdio })
  await on.driver.start({ id: bundle.id })
  return bundle
}

/** Starts a container in another process, which is killed as soon as the container runs. */
async function runInKilledEngine(folder: string, binary: string, idle: number, script: string) {
  const program = join(import.meta.dirname, 'testing/engine-process.ts')
  const child = spawn(process.execPath, [program, folder, binary, String(idle), script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  createInterface(child.stdout).once('line', resolve)
  child.once('exit', () => reject(new Error('The other engine ended')))
  const bundle = JSON.parse(await promise) as Bundle & { readonly pid: number }
  const gone = new Promise((done) => child.once('close', done))
  child.kill('SIGKILL')
  await gone
  return bundle
}

describe.each([
  ['runc', 1],
  ['crun', 0],
])('after the death of the engine, %s with %i waiting', (binary, idleShims) => {
  test('goes on, is taken up with its output, and is deleted without a trace', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rs-'))
    const script = 'echo before; while [ ! -e /tmp/go ]; do sleep 0.05; done; echo after; exit 5'
    const bundle = await runInKilledEngine(folder, binary, idleShims, script)
    const second = await bench({ binary, idleShims }, folder)
    await expect(second.driver.state({ id: bundle.id })).rejects.toMatchObject({ code: 'RUNTIME_TASK_NOT_FOUND' })
    expect(await second.driver.reconnect({ id: bundle.id, bundle: bundle.path })).toMatchObject({ status: 'running' })
    const output = await open(bundle.stdio.stdout ?? '', constants.O_RDWR | constants.O_NONBLOCK)
    await writeFile(join(bundle.path, 'rootfs/tmp/go'), '')
    expect(await second.driver.wait({ id: bundle.id })).toMatchObject({ exitCode: 5 })
    await until(() => second.events.length > 0, 'the exit event')
    const { buffer, bytesRead } = await output.read()
    expect(buffer.toString('utf8', 0, bytesRead)).toBe('before\nafter\n')
    await output.close()
    expect(second.events).toMatchObject([{ kind: 'exit', id: bundle.id, exit: { exitCode: 5 } }])
    await second.driver.delete({ id: bundle.id })
    expect(leftoversOfContainers(second, [bundle])).toEqual([])
  })

  test('that ended meanwhile still tells how', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rs-'))
    const script = 'while [ ! -e /tmp/go ]; do sleep 0.05; done; exit 6'
    const bundle = await runInKilledEngine(folder, binary, idleShims, script)
    await writeFile(join(bundle.path, 'rootfs/tmp/go'), '')
    // It is gone when its shim, which tells how it ended, has collected it.
    await until(() => !existsSync(`/proc/${bundle.pid}`), 'the end of the container')
    const second = await bench({ binary, idleShims }, folder)
    expect(await second.driver.reconnect({ id: bundle.id, bundle: bundle.path })).toMatchObject({
      status: 'stopped',
      exit: { exitCode: 6 },
    })
    expect(await second.driver.delete({ id: bundle.id })).toMatchObject({ exit: { exitCode: 6 } })
    expect(leftoversOfContainers(second, [bundle])).toEqual([])
  })

  test('whose shim died too is lost, and cleaned up', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rs-'))
    const bundle = await runInKilledEngine(folder, binary, idleShims, 'sleep 100')
    const second = await bench({ binary, idleShims }, folder)
    for (const pid of shimProcesses(second)) process.kill(pid, 'SIGKILL')
    await expect(second.driver.reconnect({ id: bundle.id, bundle: bundle.path })).rejects.toMatchObject({
      code: 'RUNTIME_SHIM_LOST',
    })
    expect(leftoversOfContainers(second, [bundle])).toEqual([])
  })
})

describe('a shim that dies', () => {
  test('loses its container: waits fail, everything is cleaned up, and then the event comes', async () => {
    const only = await bench()
    const bundle = await run(only, ['sh', '-c', 'sleep 100 & sleep 100'])
    const waiting = only.driver.wait({ id: bundle.id })
    const outcome = expect(waiting).rejects.toMatchObject({ code: 'RUNTIME_SHIM_LOST' })
    for (const pid of shimProcesses(only)) process.kill(pid, 'SIGKILL')
    await outcome
    await until(() => only.events.length > 0, 'the event')
    expect(only.events).toEqual([{ kind: 'lost', id: bundle.id }])
    expect(leftovers(only, [bundle])).toEqual([])
    await expect(only.driver.state({ id: bundle.id })).rejects.toMatchObject({ code: 'RUNTIME_SHIM_LOST' })
    expect(await only.driver.delete({ id: bundle.id })).toEqual({})
    await expect(only.driver.state({ id: bundle.id })).rejects.toMatchObject({ code: 'RUNTIME_TASK_NOT_FOUND' })
  })

  test('only in that it hangs is ended with its container by force', async () => {
    const only = await bench()
    const bundle = await run(only, ['sleep', '100'])
    for (const pid of shimProcesses(only)) process.kill(pid, 'SIGSTOP')
    expect(await only.driver.delete({ id: bundle.id, force: true })).toEqual({})
    expect(leftovers(only, [bundle])).toEqual([])
  })

  test('while its container is frozen leaves nothing frozen', async () => {
    const only = await bench()
    const bundle = await run(only, ['sleep', '100'])
    await only.driver.pause({ id: bundle.id })
    for (const pid of shimProcesses(only)) process.kill(pid, 'SIGKILL')
    await until(() => only.events.length > 0, 'the event')
    expect(leftovers(only, [bundle])).toEqual([])
  })

  test('that hangs when the engine comes back counts as lost, and is cleaned up', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rs-'))
    const bundle = await runInKilledEngine(folder, 'runc', 0, 'sleep 100')
    const second = await bench({ binary: 'runc' }, folder)
    for (const pid of shimProcesses(second)) process.kill(pid, 'SIGSTOP')
    expect(await second.driver.delete({ id: bundle.id, force: true })).toEqual({})
    expect(leftovers(second, [bundle])).toEqual([])
  })
})

describe('two drivers', () => {
  test('run side by side and do not see each other', async () => {
    const [first, second] = [await bench({ binary: 'runc' }), await bench({ binary: 'crun' })]
    const [one, two] = await Promise.all([run(first, ['sleep', '100']), run(second, ['sleep', '100'])])
    await expect(first.driver.state({ id: two.id })).rejects.toMatchObject({ code: 'RUNTIME_TASK_NOT_FOUND' })
    await first.driver.delete({ id: one.id, force: true })
    expect(await second.driver.state({ id: two.id })).toMatchObject({ status: 'running' })
    expect(leftovers(first, [one])).toEqual([])
  })

  test('with arguments for the runtime keep the wrapper of a running container', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rs-'))
    const first = await makeWorkbench({ args: ['--debug'] }, folder)
    const bundle = await run(first, ['sleep', '100'])
    await first.stop()
    const wrappers = join(folder, 'data/runtimes')
    const [used] = readdirSync(wrappers)
    const second = await bench({ args: ['--log-level', 'info'] }, folder)
    expect(readdirSync(wrappers)).toContain(used)
    await second.driver.reconnect({ id: bundle.id, bundle: bundle.path })
    expect(await second.driver.delete({ id: bundle.id, force: true })).toMatchObject({ exit: { exitCode: 137 } })
    await second.stop()
    await (await bench({}, folder)).stop()
    expect(readdirSync(wrappers)).toEqual([])
  })

  test('share a shim when an annotation groups their containers', async () => {
    const only = await bench()
    const annotations = { 'io.containerd.runc.v2.group': 'g' }
    const one = await makeBundle(only, ['sleep', '100'], { annotations })
    const two = await makeBundle(only, ['sleep', '100'], { annotations })
    for (const { id, path, stdio } of [one, two]) {
      await only.driver.create({ id, bundle: path, stdio })
      await only.driver.start({ id })
    }
    await only.driver.delete({ id: one.id, force: true })
    expect(await only.driver.state({ id: two.id })).toMatchObject({ status: 'running' })
    await only.driver.delete({ id: two.id, force: true })
    expect(leftovers(only, [one, two])).toEqual([])
  })
})

test.each([20, 55, 110])(
  'an engine that is killed %i ms into its work leaves nothing that cannot be deleted',
  async (ms) => {
    const folder = await mkdtemp(join(tmpdir(), 'rs-'))
    const program = join(import.meta.dirname, 'testing/churn-process.ts')
    const child = spawn(process.execPath, [program, folder, 'runc'], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    const bundles: Bundle[] = []
    const begun = Promise.withResolvers<void>()
    createInterface(child.stdout).on('line', (line) => {
      bundles.push(JSON.parse(line) as Bundle)
      begun.resolve()
    })
    await begun.promise
    await new Promise((resolve) => setTimeout(resolve, ms))
    const gone = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGKILL')
    await gone
    const second = await bench({ idleShims: 0 }, folder)
    for (const { id } of bundles) await second.driver.delete({ id, force: true })
    expect(leftovers(second, bundles)).toEqual([])
  },
)

describe.each(['1.7', '2.2', '2.3'])('a shim of version %s', (dialect) => {
  test('is started in its dialect and served in its version', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rs-'))
    const shim = join(folder, 'stub')
    const program = join(import.meta.dirname, 'testing/stub-shim.ts')
    await writeFile(shim, `#!/bin/sh\nexec '${process.execPath}' '${program}' ${dialect} "$@"\n`)
    await chmod(shim, 0o755)
    const only = await bench({ shim }, folder)
    expect(await only.driver.info({})).toEqual({ name: 'stub', version: dialect, path: shim })
    const bundle = await makeBundle(only, ['true'])
    const { id, stdio } = bundle
    await only.driver.create({ id, bundle: bundle.path, stdio })
    await only.driver.start({ id })
    await only.driver.kill({ id, signal: 15 })
    expect(await only.driver.wait({ id })).toEqual({ exitCode: 7, exitedAt: '2023-11-14T22:13:20.000000000Z' })
    expect(await only.driver.delete({ id })).toMatchObject({ exit: { exitCode: 7 } })
    expect(leftovers(only, [bundle])).toEqual([])
  })
})

describe('shims that wait', () => {
  test('serve one container after another, and go when the driver stops', async () => {
    const only = await bench({ idleShims: 1 })
    const [waiting] = shimProcesses(only)
    for (let count = 0; count < 3; count += 1) {
      const bundle = await run(only, ['true'])
      expect(shimProcesses(only)).toContain(waiting)
      await only.driver.wait({ id: bundle.id })
      await only.driver.delete({ id: bundle.id })
      expect(leftoversOfContainers(only, [bundle])).toEqual([])
    }
    await only.stop()
    expect(leftovers(only, [])).toEqual([])
  })

  test('are taken back from a container that could not be made', async () => {
    const only = await bench({ idleShims: 1 })
    const before = shimProcesses(only)
    await expect(run(only, ['no-such-program'])).rejects.toMatchObject({ code: 'RUNTIME_CREATE_FAILED' })
    expect(shimProcesses(only)).toEqual(before)
  })

  test('are replaced when they die', async () => {
    const only = await bench({ idleShims: 1 })
    const [first] = shimProcesses(only)
    const waiting = () =>
      readdirSync(only.folder, { recursive: true }).filter((name) => /shim-[0-9a-f]{12}$/.test(String(name)))
    expect(waiting()).toHaveLength(1)
    process.kill(first ?? 0, 'SIGKILL')
    await expect.poll(waiting).toEqual([])
    const { id } = await run(only, ['sleep', '100'])
    expect(await only.driver.state({ id })).toMatchObject({ status: 'running' })
  })

  test('make room for as many containers as there are', async () => {
    const only = await bench({ idleShims: 1 })
    const bundles = await Promise.all(Array.from({ length: 4 }, () => run(only, ['sleep', '100'])))
    await Promise.all(bundles.map(({ id }) => only.driver.delete({ id, force: true })))
    expect(leftoversOfContainers(only, bundles)).toEqual([])
    expect(shimProcesses(only)).toHaveLength(1)
  })

  test('of a killed engine are ended, and that of its container goes on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rs-'))
    const bundle = await runInKilledEngine(folder, 'runc', 2, 'sleep 100')
    const second = await bench({ binary: 'runc', idleShims: 0 }, folder)
    expect(shimProcesses(second)).toHaveLength(1)
    expect(await second.driver.reconnect({ id: bundle.id, bundle: bundle.path })).toMatchObject({ status: 'running' })
    await second.driver.delete({ id: bundle.id, force: true })
    expect(leftovers(second, [bundle])).toEqual([])
  })
})

test('a runtime or shim that is not on the host is refused by name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rs-'))
  await expect(makeWorkbench({ binary: 'no-such-runtime' }, folder)).rejects.toMatchObject({
    code: 'RUNTIME_BINARY_MISSING',
    message: expect.stringContaining('no-such-runtime') as string,
  })
  await expect(makeWorkbench({ shim: 'io.containerd.nosuch.v9' }, folder)).rejects.toMatchObject({
    code: 'RUNTIME_BINARY_MISSING',
    message: expect.stringContaining('containerd-shim-nosuch-v9') as string,
  })
  await rm(folder, { recursive: true })
})

test('a run folder that is too long for a socket is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rs-'))
  await expect(makeWorkbench({}, join(folder, 'x'.repeat(100)))).rejects.toMatchObject({ code: 'RUNTIME_FAILED' })
  await rm(folder, { recursive: true })
})
