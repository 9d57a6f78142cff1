import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { bindMount, unmount } from '@moby/lib-linux'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  leftovers,
  leftoversOfContainers,
  makeBundle,
  makeWorkbench,
  openStreams,
  processOf,
  until,
  type Bundle,
  type BundleOptions,
  type Workbench,
} from './testing/workbench.ts'

describe.each([
  ['runc', 1],
  ['crun', 0],
])('%s behind its shim, with %i waiting', (binary, idleShims) => {
  let bench: Workbench
  const bundles: Bundle[] = []

  beforeAll(async () => {
    bench = await makeWorkbench({ binary, idleShims })
  })

  afterEach(async () => {
    for (const { id } of bundles) await bench.driver.delete({ id, force: true })
    expect(leftoversOfContainers(bench, bundles)).toEqual([])
    bundles.length = 0
  })

  afterAll(async () => {
    await bench.stop()
    expect(leftovers(bench, [])).toEqual([])
    await bench.clean()
  })

  async function create(args: string[], options?: BundleOptions): Promise<Bundle> {
    const bundle = await makeBundle(bench, args, options)
    bundles.push(bundle)
    await bench.driver.create({ id: bundle.id, bundle: bundle.path, stdio: bundle.stdio })
    return bundle
  }

  async function run(args: string[], options?: BundleOptions): Promise<Bundle> {
    const bundle = await create(args, options)
    await bench.driver.start({ id: bundle.id })
    return bundle
  }

  test('tells what it is', async () => {
    const info = await bench.driver.info({})
    expect(info).toMatchObject({ name: binary, path: expect.stringContaining(`/${binary}`) as string })
    expect(info.version).toMatch(/^\d+\.\d+/)
    if (binary === 'runc') expect(info.features).toMatchObject({ ociVersionMin: '1.0.0' })
  })

  test('runs nothing before start, and then tells output, exit code and exit event', async () => {
    const bundle = await create(['sh', '-c', 'echo out; echo err >&2; exit 3'])
    const { id } = bundle
    expect(await bench.driver.state({ id })).toMatchObject({ id, status: 'created' })
    expect(bundle.output()).toBe('')
    const { pid } = await bench.driver.start({ id })
    expect(pid).toBeGreaterThan(0)
    const exit = await bench.driver.wait({ id })
    expect(exit).toMatchObject({ exitCode: 3 })
    expect(Math.abs(Date.now() - Date.parse(exit.exitedAt))).toBeLessThan(10_000)
    expect(await bench.driver.wait({ id })).toEqual(exit)
    expect(await bench.driver.state({ id })).toEqual({ id, status: 'stopped', pid: 0, exit })
    expect(bundle.output()).toBe('out\n')
    expect(bundle.output('stderr')).toBe('err\n')
    expect(await bench.driver.delete({ id })).toMatchObject({ exit: { exitCode: 3 } })
    expect(bench.events).toContainEqual({ kind: 'exit', id, exit })
    expect(await bench.driver.delete({ id })).toEqual({})
    await expect(bench.driver.state({ id })).rejects.toMatchObject({ code: 'RUNTIME_TASK_NOT_FOUND' })
  })

  test('kills with a signal, and does not delete what runs', async () => {
    const { id } = await run(['sleep', '100'])
    await expect(bench.driver.delete({ id })).rejects.toMatchObject({ code: 'RUNTIME_TASK_STATE' })
    await expect(bench.driver.start({ id })).rejects.toMatchObject({ code: 'RUNTIME_TASK_STATE' })
    await bench.driver.kill({ id, signal: 9 })
    expect(await bench.driver.wait({ id })).toMatchObject({ exitCode: 137 })
    await expect(bench.driver.kill({ id, signal: 9 })).rejects.toMatchObject({ code: 'RUNTIME_TASK_STATE' })
  })

  test('gives a terminal its size and its output, and ends it at hang-up', async () => {
    const bundle = await run(['sh', '-c', 'while read word; do stty size; done'], { terminal: true })
    await bench.driver.resize({ id: bundle.id, width: 133, height: 41 })
    writeSync(bundle.stdin, 'x\n')
    expect(await bundle.outputWith('41 133')).toContain('x\r\n')
  })

  test('ends the standard input after what was written', async () => {
    const bundle = await run(['cat'])
    writeSync(bundle.stdin, 'some words')
    bundle.closeStdin()
    await bench.driver.closeStdin({ id: bundle.id })
    expect(await bench.driver.wait({ id: bundle.id })).toMatchObject({ exitCode: 0 })
    expect(bundle.output()).toBe('some words')
  })

  test('adds processes, each with its own streams, exit and event', async () => {
    const { id, path } = await run(['sleep', '100'])
    const streams = openStreams(path, 'exec')
    const process = processOf(['sh', '-c', 'cat; echo done >&2; exit 42'])
    await bench.driver.exec({ id, execId: 'e1', process, stdio: streams.stdio })
    await expect(bench.driver.exec({ id, execId: 'e1', process, stdio: streams.stdio })).rejects.toMatchObject({
      code: 'RUNTIME_TASK_EXISTS',
    })
    const { pid } = await bench.driver.start({ id, execId: 'e1' })
    expect((await bench.driver.processes({ id })).pids).toContain(pid)
    writeSync(streams.stdin, 'through')
    await streams.outputWith('through')
    await expect(bench.driver.delete({ id, execId: 'e1' })).rejects.toMatchObject({ code: 'RUNTIME_TASK_STATE' })
    streams.closeStdin()
    await bench.driver.closeStdin({ id, execId: 'e1' })
    const exit = await bench.driver.wait({ id, execId: 'e1' })
    expect(exit.exitCode).toBe(42)
    expect(await streams.outputWith('done', 'stderr')).toBe('done\n')
    expect(await bench.driver.delete({ id, execId: 'e1' })).toMatchObject({ exit: { exitCode: 42 } })
    expect(await bench.driver.delete({ id, execId: 'e1' })).toEqual({})
    expect(bench.events).toContainEqual({ kind: 'exit', id, execId: 'e1', exit })
    await expect(bench.driver.wait({ id, execId: 'e1' })).rejects.toMatchObject({ code: 'RUNTIME_TASK_NOT_FOUND' })
  })

  test.each([
    ['foo', /executable file (`foo` )?not found in \$PATH/],
    ['/bin/foo', /no such file or directory/i],
    ['/etc/plain', /permission denied/i],
  ])('keeps the cause when the program cannot be run: %s', async (program, cause) => {
    const bundle = await makeBundle(bench, [program])
    bundles.push(bundle)
    const creation = bench.driver.create({ id: bundle.id, bundle: bundle.path, stdio: bundle.stdio })
    const failure = creation.then(() => bench.driver.start({ id: bundle.id }))
    await expect(failure).rejects.toMatchObject({
      code: 'RUNTIME_CREATE_FAILED',
      message: expect.stringMatching(cause) as string,
    })
    await bench.driver.delete({ id: bundle.id, force: true })
    expect(leftoversOfContainers(bench, bundles)).toEqual([])
    expect(bench.events.filter(({ id }) => id === bundle.id)).toEqual([])
  })

  test('keeps the cause when an added program cannot be run', async () => {
    const { id, path } = await run(['sleep', '100'])
    const { stdio } = openStreams(path, 'exec')
    await bench.driver.exec({ id, execId: 'e1', process: processOf(['foo']), stdio })
    await expect(bench.driver.start({ id, execId: 'e1' })).rejects.toMatchObject({
      code: 'RUNTIME_CREATE_FAILED',
      message: expect.stringMatching(/executable file (`foo` )?not found in \$PATH/) as string,
    })
    expect(await bench.driver.delete({ id, execId: 'e1', force: true })).toMatchObject({})
    expect(await bench.driver.state({ id })).toMatchObject({ status: 'running' })
  })

  test('freezes and thaws, and removes a frozen container by force', async () => {
    const { id } = await run(['sleep', '100'])
    await bench.driver.pause({ id })
    expect(await bench.driver.state({ id })).toMatchObject({ status: 'paused' })
    await bench.driver.resume({ id })
    expect(await bench.driver.state({ id })).toMatchObject({ status: 'running' })
    await bench.driver.pause({ id })
    expect(await bench.driver.delete({ id, force: true })).toMatchObject({ exit: { exitCode: 137 } })
  })

  test('counts, and changes limits', async () => {
    const { id } = await run(['sleep', '100'], { resources: { memory: { limit: 64 * 1024 * 1024 } } })
    const before = await bench.driver.stats({ id })
    expect(before.memory).toMatchObject({ limit: 64 * 1024 * 1024 })
    expect(before.memory?.usage).toBeGreaterThan(0)
    expect(before.cpu.totalNs).toBeGreaterThan(0)
    // At first it may still be the runtime's init, which has threads, on its way to become the command.
    await until(async () => (await bench.driver.stats({ id })).pids?.current === 1, 'one process to be counted')
    await bench.driver.update({ id, resources: { memory: { limit: 96 * 1024 * 1024 } } })
    expect((await bench.driver.stats({ id })).memory).toMatchObject({ limit: 96 * 1024 * 1024 })
  })

  test('tells of a death for lack of memory before it tells the exit', async () => {
    const { id } = await run(['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=64M'], {
      resources: { memory: { limit: 8 * 1024 * 1024, swap: 8 * 1024 * 1024 } },
    })
    expect(await bench.driver.wait({ id })).toMatchObject({ exitCode: 137 })
    await until(() => bench.events.some((event) => event.id === id && event.kind === 'exit'), 'the exit event')
    expect(bench.events.filter((event) => event.id === id).map(({ kind }) => kind)).toEqual(['oom', 'exit'])
  })

  test('needs no mount of the root file system after delete', async () => {
    const bundle = await makeBundle(bench, ['true'])
    bundles.push(bundle)
    const root = join(bundle.path, 'rootfs')
    bindMount(root, root)
    await bench.driver.create({ id: bundle.id, bundle: bundle.path, stdio: bundle.stdio })
    await bench.driver.start({ id: bundle.id })
    await bench.driver.wait({ id: bundle.id })
    await bench.driver.delete({ id: bundle.id })
    unmount(root, { ifMounted: true })
  })

  test('refuses a second container of the same id, and what it does not know', async () => {
    const bundle = await run(['sleep', '100'])
    await expect(
      bench.driver.create({ id: bundle.id, bundle: bundle.path, stdio: bundle.stdio }),
    ).rejects.toMatchObject({ code: 'RUNTIME_TASK_EXISTS' })
    await expect(bench.driver.start({ id: 'nobody' })).rejects.toMatchObject({ code: 'RUNTIME_TASK_NOT_FOUND' })
    await expect(bench.driver.reconnect({ id: 'nobody', bundle: '/x' })).rejects.toMatchObject({
      code: 'RUNTIME_TASK_NOT_FOUND',
    })
    expect(await bench.driver.delete({ id: 'nobody', force: true })).toEqual({})
  })

  test('gives a wait up when its caller does', async () => {
    const { id } = await run(['sleep', '100'])
    const controller = new AbortController()
    const waiting = bench.driver.wait({ id }, { signal: controller.signal })
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})
