import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { bootEngine, collect, makeRoot, noInput, removeRoot, run, type BootedEngine } from './boot-engine.ts'

let root: string
let booted: BootedEngine

beforeAll(async () => {
  root = makeRoot()
  booted = await bootEngine(root)
})

afterEach(async () => {
  const { containers } = booted.engine
  for (const { id } of (await containers.list({ all: true })).containers) {
    await containers.remove({ ref: id, force: true, volumes: true }).catch(() => undefined)
  }
})

afterAll(async () => {
  await booted.stop('stop-containers')
  const left = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(root))
  removeRoot(root)
  expect(left).toEqual([])
  expect(booted.problems).toEqual([])
})

async function start(command: string[], spec: Parameters<typeof run>[2] = {}, name?: string): Promise<string> {
  const { containers } = booted.engine
  const { id } = await containers.create({
    ...(name === undefined ? {} : { name }),
    spec: { image: 'busybox', command, ...spec },
  })
  await containers.start({ ref: id })
  return id
}

async function exec(ref: string, command: string[], input: AsyncIterable<Uint8Array> = noInput()) {
  const { id } = await booted.engine.exec.create({
    ref,
    spec: { command, attachStdout: true, attachStderr: true, attachStdin: true },
  })
  const output = await collect(booted.engine.exec.start({ id }, input))
  const { exitCode } = await booted.engine.exec.inspect({ id })
  return { ...output, exitCode }
}

test('a container runs, tells its streams apart and gives its exit code', async () => {
  const result = await run(booted, ['sh', '-c', 'echo out; echo err >&2; exit 3'])
  expect(result).toMatchObject({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 })
  const logs = await collect(toChunks(result.id))
  expect(logs).toEqual({ stdout: 'out\n', stderr: 'err\n' })
})

async function* toChunks(ref: string) {
  for await (const { stream, line } of booted.engine.containers.logs({ ref, stdout: true, stderr: true })) {
    yield { stream, data: Buffer.concat([line, Buffer.from('\n')]) }
  }
}

test('input reaches the process, and its end ends it while output goes on', async () => {
  async function* input() {
    yield Buffer.from('one\n')
    await sleep(20)
    yield Buffer.from('two\n')
  }
  const result = await run(
    booted,
    ['sh', '-c', 'cat; echo after'],
    { openStdin: true, stdinOnce: true, networkMode: 'none' },
    input(),
  )
  expect(result).toMatchObject({ stdout: 'one\ntwo\nafter\n', exitCode: 0 })
})

test('an auto-removed container is gone when the wait for its removal answers, with its code', async () => {
  const result = await run(booted, ['sh', '-c', 'exit 7'], { autoRemove: true, networkMode: 'none' })
  expect(result.exitCode).toBe(7)
  await expect(booted.engine.containers.inspect({ ref: result.id })).rejects.toMatchObject({
    code: 'CONTAINER_NOT_FOUND',
  })
})

test.each([
  [['nope'], 127],
  [['/etc'], 126],
  [['/etc/passwd'], 126],
])('a start of %j fails and leaves exit code %i', async (command, exitCode) => {
  const { containers } = booted.engine
  const { id } = await containers.create({ spec: { image: 'busybox', command } })
  await expect(containers.start({ ref: id })).rejects.toMatchObject({ code: 'CONTAINER_START_FAILED' })
  const { state } = await containers.inspect({ ref: id })
  expect(state).toMatchObject({ status: 'created', exitCode, pid: 0 })
})

test('limits are seen inside', async () => {
  const { stdout } = await run(
    booted,
    ['sh', '-c', 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes || cat /sys/fs/cgroup/memory.max; ulimit -n'],
    {
      networkMode: 'none',
      resources: { memoryBytes: 64 << 20, pidsLimit: 50, nanoCpus: 500_000_000 },
      ulimits: [{ name: 'nofile', soft: 99, hard: 99 }],
    },
  )
  expect(stdout).toBe(`${64 << 20}\n99\n`)
})

test('a container is confined as by dockerd', async () => {
  const script =
    'grep -E "^(Cap(Eff|Inh|Amb)|Seccomp|NoNewPrivs):" /proc/self/status; cat /proc/keys | wc -c; unshare -m true; echo $?'
  const { stdout } = await run(booted, ['sh', '-c', script], {
    networkMode: 'none',
    securityOptions: ['no-new-privileges'],
  })
  expect(stdout).toContain('CapEff:\t00000000a80425fb')
  expect(stdout).toContain('CapInh:\t0000000000000000')
  expect(stdout).toContain('CapAmb:\t0000000000000000')
  expect(stdout).toContain('NoNewPrivs:\t1')
  expect(stdout).toContain('Seccomp:\t2')
  expect(stdout.trim().split('\n').slice(-2)).toEqual(['0', '1'])
})

test('a user by name, its groups and the working directory are as asked', async () => {
  const { stdout } = await run(booted, ['sh', '-c', 'id; pwd; echo $HOME $HOSTNAME $TOLD'], {
    networkMode: 'none',
    user: 'nobody',
    groupAdd: ['7'],
    workingDir: '/made/here',
    hostname: 'box',
    env: ['TOLD=yes'],
  })
  expect(stdout).toBe('uid=65534(nobody) gid=65534 groups=7,65534\n/made/here\n/ box yes\n')
})

test('volumes are filled from the image, binds and tmpfs are mounted, a missing bind source is told', async () => {
  const bound = join(root, 'bound')
  mkdirSync(bound)
  writeFileSync(join(bound, 'file'), 'from host\n')
  const mounts = [
    { type: 'volume', source: 'kept', target: '/data' },
    { type: 'bind', source: bound, target: '/bound', readOnly: true },
    { type: 'tmpfs', target: '/scratch', tmpfsSizeBytes: 1 << 20 },
    { type: 'bind', source: join(root, 'made'), target: '/made', createSource: true },
  ] as const
  const script =
    'ls -n /data | tail -1 | cut -c1-40; cat /data/greeting /bound/file; touch /bound/x; df -k /scratch | tail -1 | tr -s " " | cut -d" " -f2; echo new > /data/greeting'
  const first = await run(booted, ['sh', '-c', script], { networkMode: 'none', mounts: [...mounts] })
  expect(first.stdout).toMatch(/ 5 +6 .*\nhello\nfrom host\n1024\n/)
  expect(first.stderr).toContain('Read-only file system')
  const second = await run(booted, ['cat', '/data/greeting'], { networkMode: 'none', mounts: [mounts[0]] })
  expect(second.stdout).toBe('new\n')
  expect(existsSync(join(root, 'made'))).toBe(true)
  await expect(
    run(booted, ['true'], { networkMode: 'none', mounts: [{ type: 'bind', source: join(root, 'no'), target: '/x' }] }),
  ).rejects.toThrow('bind source path does not exist')
})

test('anonymous volumes go with their container', async () => {
  const { id } = await booted.engine.containers.create({
    spec: { image: 'busybox', command: ['true'], volumes: ['/v'] },
  })
  const { mounts } = await booted.engine.containers.inspect({ ref: id })
  const folder = join(root, 'd', 'local')
  expect(JSON.stringify(readdirSync(folder, { recursive: true }))).toContain(mounts[0]?.name)
  await booted.engine.containers.remove({ ref: id, volumes: true })
  expect(JSON.stringify(readdirSync(folder, { recursive: true }))).not.toContain(mounts[0]?.name)
})

test('exec runs in the container with its own code, input and user', async () => {
  const id = await start(['sleep', '100'], { networkMode: 'none' })
  async function* input() {
    yield Buffer.from('typed')
  }
  expect(await exec(id, ['sh', '-c', 'cat; echo " e" >&2; exit 4'], input())).toEqual({
    stdout: 'typed',
    stderr: ' e\n',
    exitCode: 4,
  })
  await expect(exec(id, ['nope'])).rejects.toMatchObject({ code: 'EXEC_START_FAILED' })
})

test('stop sends the signal and then kills; kill, restart and the texts of conflicts are dockerd’s', async () => {
  const { containers } = booted.engine
  const polite = await start(['sh', '-c', 'trap "exit 5" TERM; while true; do sleep 0.05; done'], {}, 'polite')
  await expect(containers.remove({ ref: 'polite' })).rejects.toThrow(
    'cannot remove container "/polite": container is running: stop the container before removing or force remove',
  )
  expect(await containers.stop({ ref: polite })).toEqual({ changed: true })
  expect((await containers.inspect({ ref: polite })).state).toMatchObject({ status: 'exited', exitCode: 5 })
  expect(await containers.stop({ ref: polite })).toEqual({ changed: false })
  await expect(containers.kill({ ref: 'polite' })).rejects.toThrow(/is not running/)
  const stubborn = await start(['sh', '-c', 'trap "" TERM; while true; do sleep 0.05; done'])
  await containers.stop({ ref: stubborn, timeoutSeconds: 0 })
  expect((await containers.inspect({ ref: stubborn })).state.exitCode).toBe(137)
  await containers.restart({ ref: polite })
  expect((await containers.inspect({ ref: polite })).state.status).toBe('running')
  await expect(containers.create({ name: 'polite', spec: { image: 'busybox' } })).rejects.toThrow(
    `Conflict. The container name "/polite" is already in use by container "${polite}". You have to remove (or rename) that container to be able to reuse that name.`,
  )
})

test('pause, rename, top, stats and resize', async () => {
  const { containers } = booted.engine
  const id = await start(['sleep', '100'], { terminal: true, openStdin: true }, 'before')
  await containers.pause({ ref: id })
  expect((await containers.list({ filter: { statuses: ['paused'] } })).containers).toHaveLength(1)
  await expect(containers.start({ ref: id })).rejects.toThrow('cannot start a paused container, try unpause instead')
  await containers.unpause({ ref: id })
  await containers.rename({ ref: 'before', name: 'after' })
  expect((await containers.inspect({ ref: 'after' })).id).toBe(id)
  await containers.resize({ ref: id, height: 41, width: 133 })
  const { titles, processes } = await containers.top({ ref: id })
  expect(titles).toContain('PID')
  expect(processes.map((fields) => fields.at(-1))).toEqual(['sleep 100'])
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

test('a container that fails is restarted as often as its policy says', async () => {
  const id = await start(['sh', '-c', 'exit 9'], {
    networkMode: 'none',
    restart: { name: 'on-failure', maximumRetries: 2 },
  })
  await expect
    .poll(async () => (await booted.engine.containers.inspect({ ref: id })).state, { timeout: 10_000 })
    .toMatchObject({ status: 'exited', restartCount: 2, exitCode: 9 })
})

test('events of a short life come in the order of dockerd', async () => {
  const seen: string[] = []
  const cancel = new AbortController()
  const listening = (async () => {
    try {
      for await (const { event } of booted.events.stream({ filter: { types: ['container'] } }, cancel.signal)) {
        if (event !== undefined) seen.push(`${event.action} ${event.attributes['exitCode'] ?? ''}`.trim())
      }
    } catch {
      // Cancelled below.
    }
  })()
  await run(booted, ['sh', '-c', 'exit 1'], { autoRemove: true, networkMode: 'none' })
  await sleep(20)
  cancel.abort()
  await listening
  expect(seen).toEqual(['create', 'attach', 'start', 'die 1', 'destroy'])
})

test('a hundred starts, stops and removals of one container at once end in one consistent state', async () => {
  const { containers } = booted.engine
  const id = await start(['sleep', '100'], { networkMode: 'none' })
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
  const id = await start(['sleep', '100'], {
    networkMode: 'none',
    healthcheck: { test: ['CMD-SHELL', 'echo fine'], intervalNs: 50e6 },
  })
  await expect
    .poll(async () => (await booted.engine.containers.inspect({ ref: id })).state.health, { timeout: 5000 })
    .toMatchObject({ status: 'healthy', log: expect.arrayContaining([expect.objectContaining({ output: 'fine\n' })]) })
})

test('a terminal has the size it was given, takes input, and the detach keys leave it running', async () => {
  const { containers } = booted.engine
  const { id } = await containers.create({
    spec: {
      image: 'busybox',
      command: ['sh', '-c', 'stty size; read line; echo "got $line"; exec sleep 100'],
      terminal: true,
      openStdin: true,
      stdinOnce: true,
      networkMode: 'none',
      consoleSize: { height: 33, width: 99 },
    },
  })
  async function* input() {
    await sleep(200)
    yield Buffer.from('typed\n')
    await sleep(300)
    yield Buffer.from([16])
    yield Buffer.from([17])
  }
  const items = containers.attach({ ref: id, stdin: true, stdout: true, stderr: true, stream: true }, input())
  let text = ''
  let detached = false
  for await (const item of items) {
    if (item.attached === true) await containers.start({ ref: id })
    text += Buffer.from(item.data ?? []).toString()
    detached ||= item.detached === true
  }
  expect(text).toContain('33 99')
  expect(text).toContain('got typed')
  expect(detached).toBe(true)
  expect((await containers.inspect({ ref: id })).state.status).toBe('running')
})

test('a container that runs out of memory is told apart', async () => {
  const { id, exitCode } = await run(booted, ['sh', '-c', 'tail /dev/zero'], {
    networkMode: 'none',
    resources: { memoryBytes: 16 << 20, memorySwapBytes: 16 << 20 },
  })
  expect(exitCode).not.toBe(0)
  await expect
    .poll(async () => (await booted.engine.containers.inspect({ ref: id })).state.oomKilled, { timeout: 3000 })
    .toBe(true)
})

test('namespaces are shared where asked', async () => {
  const owner = await start(['sleep', '100'], { networkMode: 'none', ipcMode: 'shareable', hostname: 'owner' })
  await exec(owner, ['sh', '-c', 'echo shared > /dev/shm/note'])
  const { stdout } = await run(booted, ['sh', '-c', 'cat /dev/shm/note; ps | grep -c "[s]leep 100$"'], {
    networkMode: 'none',
    ipcMode: `container:${owner}`,
    pidMode: `container:${owner}`,
  })
  expect(stdout).toBe('shared\n1\n')
})

test('a read-only root takes no writes but in its volumes, and privileges are as asked', async () => {
  const { stdout, stderr } = await run(booted, ['sh', '-c', 'touch /x; touch /tmp/y && echo ok; ls /dev/null'], {
    networkMode: 'none',
    readOnlyRoot: true,
    mounts: [{ type: 'tmpfs', target: '/tmp' }],
  })
  expect(stderr).toContain('Read-only file system')
  expect(stdout).toBe('ok\n/dev/null\n')
  const open = await run(booted, ['sh', '-c', 'grep CapEff /proc/self/status; mount -t tmpfs x /tmp && echo mounted'], {
    networkMode: 'none',
    privileged: true,
  })
  expect(open.stdout).toContain('mounted')
  expect(open.stdout).not.toContain('a80425fb')
})

test('what cannot be is refused before anything is made', async () => {
  const { containers } = booted.engine
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
  await refused({ devices: [{ pathOnHost: '/no', pathInContainer: '/no', permissions: 'rwm' }] })
  await refused({ ulimits: [{ name: 'nope', soft: 1, hard: 1 }] })
  await refused({ networkMode: 'container:x', hostname: 'y' })
  expect((await containers.list({ all: true })).containers).toEqual([])
})
