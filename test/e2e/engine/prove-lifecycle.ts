import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { TestEngine } from './test-engine.ts'

export function proveLifecycle(host: TestEngine): void {
  test('an auto-removed container is gone when the wait for its removal answers, with its code', async () => {
    const result = await host.run(['sh', '-c', 'exit 7'], { autoRemove: true, networkMode: 'none' })
    expect(result.exitCode).toBe(7)
    await expect(host.booted.engine.containers.inspect({ ref: result.id })).rejects.toMatchObject({
      code: 'CONTAINER_NOT_FOUND',
    })
  })

  test.each([
    [['nope'], 127],
    [['/etc'], 126],
    [['/etc/passwd'], 126],
  ])('a start of %j fails and leaves exit code %i', async (command, exitCode) => {
    const { containers } = host.booted.engine
    const { id } = await containers.create({ spec: { image: 'busybox', command } })
    await expect(containers.start({ ref: id })).rejects.toMatchObject({ code: 'CONTAINER_START_FAILED' })
    const { state } = await containers.inspect({ ref: id })
    expect(state).toMatchObject({ status: 'created', exitCode, pid: 0 })
  })

  test('stop sends the signal and then kills; kill, restart and the texts of conflicts are dockerd’s', async () => {
    const { containers } = host.booted.engine
    const waiting = 'trap "exit 5" TERM; touch /ready; while true; do sleep 0.05; done'
    const polite = await host.start(['sh', '-c', waiting], {}, 'polite')
    // The first process of a container that does not yet wait for a signal never has it.
    await expect.poll(async () => (await host.exec(polite, ['test', '-e', '/ready'])).exitCode).toBe(0)
    await expect(containers.remove({ ref: 'polite' })).rejects.toThrow(
      'cannot remove container "polite": container is running: stop the container before removing or force remove',
    )
    expect(await containers.stop({ ref: polite })).toEqual({ changed: true })
    expect((await containers.inspect({ ref: polite })).state).toMatchObject({ status: 'exited', exitCode: 5 })
    expect(await containers.stop({ ref: polite })).toEqual({ changed: false })
    await expect(containers.kill({ ref: 'polite' })).rejects.toThrow(/is not running/)
    const stubborn = await host.start(['sh', '-c', 'trap "" TERM; while true; do sleep 0.05; done'])
    await containers.stop({ ref: stubborn, timeoutSeconds: 0 })
    expect((await containers.inspect({ ref: stubborn })).state.exitCode).toBe(137)
    await containers.restart({ ref: polite })
    expect((await containers.inspect({ ref: polite })).state.status).toBe('running')
    await expect(containers.create({ name: 'polite', spec: { image: 'busybox' } })).rejects.toThrow(
      `Conflict. The container name "/polite" is already in use by container "${polite}". You have to remove (or rename) that container to be able to reuse that name.`,
    )
  })

  test('pause, rename, top, stats and resize', async () => {
    const { containers } = host.booted.engine
    const id = await host.start(['sleep', '100'], { terminal: true, openStdin: true }, 'before')
    await containers.pause({ ref: id })
    expect((await containers.list({ filter: { statuses: ['paused'] } })).containers).toHaveLength(1)
    await expect(containers.start({ ref: id })).rejects.toThrow('cannot start a paused container, try unpause instead')
    await containers.unpause({ ref: id })
    await containers.rename({ ref: 'before', name: 'after' })
    expect((await containers.inspect({ ref: 'after' })).id).toBe(id)
    await containers.resize({ ref: id, height: 41, width: 133 })
    expect((await containers.top({ ref: id })).titles).toContain('PID')
    // Right after the start its process may still be the runtime.
    await expect
      .poll(async () => (await containers.top({ ref: id })).processes.map((fields) => fields.at(-1)))
      .toEqual(['sleep 100'])
    const readings = []
    for await (const reading of containers.stats({ ref: id, stream: false })) readings.push(reading)
    expect(readings).toHaveLength(1)
    expect(readings[0]).toMatchObject({
      name: 'after',
      previous: expect.anything(),
      networks: { eth0: expect.anything() },
    })
    await containers.update({ ref: id, resources: { memoryBytes: 32 << 20 }, restart: { name: 'always' } })
    expect((await containers.inspect({ ref: id })).spec).toMatchObject({
      resources: { memoryBytes: 32 << 20 },
      restart: { name: 'always' },
    })
  })

  test('a container that fails is restarted as often as its policy says, and has not ended before', async () => {
    const { containers } = host.booted.engine
    const id = await host.start(['sh', '-c', 'echo once; exit 9'], {
      networkMode: 'none',
      restart: { name: 'on-failure', maximumRetries: 2 },
    })
    const ended = async () => (await containers.inspect({ ref: id })).state.status === 'exited'
    while (!(await ended())) await sleep(1)
    expect((await containers.inspect({ ref: id })).state).toMatchObject({ restartCount: 2, exitCode: 9 })
    const lines: string[] = []
    for await (const batch of containers.logs({ ref: id, stdout: true, stderr: true })) {
      lines.push(...batch.map(({ line }) => Buffer.from(line).toString()))
    }
    expect(lines).toHaveLength(3)
  })

  test('events of a short life come in the order of dockerd', async () => {
    const seen: string[] = []
    const cancel = new AbortController()
    const listening = (async () => {
      try {
        for await (const { event } of host.booted.events.stream({ filter: { types: ['container'] } }, cancel.signal)) {
          if (event !== undefined) seen.push(`${event.action} ${event.attributes['exitCode'] ?? ''}`.trim())
        }
      } catch {
        // Cancelled below.
      }
    })()
    await host.run(['sh', '-c', 'exit 1'], { autoRemove: true, networkMode: 'none' })
    await expect.poll(() => seen.at(-1)).toBe('destroy')
    cancel.abort()
    await listening
    expect(seen).toEqual(['create', 'attach', 'start', 'die 1', 'destroy'])
  })

  test('a hundred starts, stops and removals of one container at once end in one consistent state', async () => {
    const { containers } = host.booted.engine
    const id = await host.start(['sleep', '100'], { networkMode: 'none' })
    const verbs = [
      () => containers.start({ ref: id }),
      () => containers.stop({ ref: id, timeoutSeconds: 0 }),
      () => containers.kill({ ref: id }),
      () => containers.inspect({ ref: id }),
    ]
    await Promise.allSettled(Array.from({ length: 100 }, (_, index) => verbs[index % verbs.length]?.()))
    await containers.remove({ ref: id, force: true })
    await expect(containers.inspect({ ref: id })).rejects.toMatchObject({ code: 'CONTAINER_NOT_FOUND' })
  })

  test('health is probed and told', async () => {
    const id = await host.start(['sleep', '100'], {
      networkMode: 'none',
      healthcheck: { test: ['CMD-SHELL', 'echo fine'], intervalNs: 50e6 },
    })
    await expect
      .poll(async () => (await host.booted.engine.containers.inspect({ ref: id })).state.health)
      .toMatchObject({
        status: 'healthy',
        log: expect.arrayContaining([expect.objectContaining({ output: 'fine\n' })]),
      })
  })

  test('what cannot be is refused before anything is made', async () => {
    const { containers } = host.booted.engine
    const refused = async (spec: object) => {
      await expect(
        containers.create({ spec: { image: 'busybox', ...spec } }),
        JSON.stringify(spec),
      ).rejects.toMatchObject({ kind: expect.stringMatching(/^(invalid|not-implemented|not-found)$/) })
    }
    await refused({ image: 'nope' })
    await refused({ workingDir: 'relative' })
    await refused({ capAdd: ['NOPE'] })
    await refused({ sysctls: { 'kernel.panic': '1' } })
    await refused({ sysctls: { 'net.ipv4.ip_forward': '1' }, networkMode: 'host' })
    await refused({ securityOptions: ['apparmor=mine'] })
    await refused({ securityOptions: ['label=type:x'] })
    await refused({ securityOptions: ['what=ever'] })
    await refused({ usernsMode: 'private' })
    await refused({ storageOptions: { size: '1G' } })
    await refused({ autoRemove: true, restart: { name: 'always' } })
    await refused({ logDriver: 'nope' })
    await refused({ runtime: 'nope' })
    await refused({ logOptions: { nope: '1' } })
    await refused({ cgroupParent: '../../x' })
    await refused({ ulimits: [{ name: 'nope', soft: 1, hard: 1 }] })
    await refused({ networkMode: 'container:x', hostname: 'y' })
    expect((await containers.list({ all: true })).containers).toEqual([])
  })
}
