import { strict as assert } from 'node:assert'
import { readlinkSync, statSync } from 'node:fs'
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Grants } from '../component/grants.ts'
import { componentLauncher } from '../component/launcher.ts'
import { CaseBook } from './case.ts'
import { eventually, failsWith, freshName } from './checks.ts'
import { busyboxRoot, endOf, inContainer, run, untilOutput, type LauncherFixtures } from './launcher-helpers.ts'

const book = new CaseBook<typeof componentLauncher, LauncherFixtures>(componentLauncher)
/** Promises of `component.launcher` about what a container may do: what was granted, and nothing else. */
export const launcherGrantCases = book.cases

/** Something that a container may do with a grant and not without it, seen from inside. */
interface Grantable {
  readonly id: string
  readonly title: string
  readonly grants: Grants
  /** A script of busybox that succeeds only where it may. */
  readonly script: string
}

/** CAP_CHOWN alone: one bit of five masks. */
const grantables: readonly Grantable[] = [
  {
    id: 'capability-to-own',
    title: 'files can be given away with CAP_CHOWN alone',
    grants: { capabilities: ['CAP_CHOWN'], root: 'scratch' },
    script: 'echo > /new && busybox chown 5:5 /new',
  },
  {
    id: 'capability-to-mount',
    title: 'file systems can be mounted with CAP_SYS_ADMIN alone, the system call with it',
    grants: { capabilities: ['CAP_SYS_ADMIN'], root: 'scratch' },
    script: 'busybox mkdir /m && busybox mount -t tmpfs m /m',
  },
  {
    id: 'capability-of-another-user',
    title: 'a user other than root has what was granted',
    grants: { capabilities: ['CAP_NET_ADMIN'] },
    script: 'busybox ip link add name d0 type bridge',
  },
  {
    id: 'scratch-root',
    title: 'the root can be written only where that was granted',
    grants: { root: 'scratch' },
    script: 'echo > /new',
  },
  {
    id: 'host-network',
    title: 'a container has no link but its own loopback without the network of the host',
    grants: { network: 'host' },
    script: `test $(busybox readlink /proc/self/ns/net) = '${readlinkSync('/proc/self/ns/net')}'`,
  },
]

for (const { id, title, grants, script } of grantables) {
  book.prove({
    id,
    methods: ['launch'],
    title,
    async run(subject) {
      const more = id === 'capability-of-another-user' ? { user: '1000' } : {}
      const withIt = await run(subject, script, grants, more)
      assert.deepEqual([withIt.exitCode, withIt.stderr], [0, ''])
      const { capabilities: _, ...others } = grants
      const without = grants.capabilities === undefined ? {} : others
      assert.notEqual((await run(subject, script, without, more)).exitCode, 0)
    },
  })
}

book.prove({
  id: 'nothing-by-itself',
  methods: ['launch'],
  title: 'without grants a container has no capability, no new privileges, a filter, and namespaces of its own',
  async run(subject) {
    const kinds = ['pid', 'ipc', 'uts', 'mnt', 'cgroup', 'net']
    const { stdout } = await run(
      subject,
      `cat /proc/self/status; for kind in ${kinds.join(' ')}; do busybox readlink /proc/self/ns/$kind; done; ` +
        'echo links: $(busybox ls /sys/class/net); busybox ls /dev',
    )
    for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'])
      assert.match(stdout, new RegExp(`^Cap${set}:\\s*0{16}$`, 'm'))
    assert.match(stdout, /^NoNewPrivs:\s*1$/m)
    assert.match(stdout, /^Seccomp:\s*2$/m)
    for (const kind of kinds) assert.ok(!stdout.includes(readlinkSync(`/proc/self/ns/${kind}`)), `it shares ${kind}`)
    assert.match(stdout, /^links: lo$/m)
    const known = /^(console|core|fd|full|mqueue|null|ptmx|pts|random|shm|stderr|stdin|stdout|tty|urandom|zero)$/
    const devices = stdout
      .slice(stdout.indexOf('links: lo\n') + 10)
      .trim()
      .split('\n')
    assert.deepEqual(
      devices.filter((name) => !known.test(name)),
      [],
    )
  },
})

book.prove({
  id: 'exact-capabilities',
  methods: ['launch'],
  title: 'a container has exactly the capabilities that were granted, in each set that counts',
  async run(subject) {
    const { stdout } = await run(subject, 'cat /proc/self/status', { capabilities: ['CAP_KILL', 'CAP_SYS_CHROOT'] })
    const mask = ((1n << 5n) | (1n << 18n)).toString(16).padStart(16, '0')
    for (const set of ['Prm', 'Eff', 'Bnd']) assert.match(stdout, new RegExp(`^Cap${set}:\\s*${mask}$`, 'm'))
  },
})

book.prove({
  id: 'hidden-paths',
  methods: ['launch'],
  title: 'what tells of the host or changes it is hidden or cannot be written, also for one with CAP_DAC_OVERRIDE',
  async run(subject) {
    const script =
      'test $(busybox head -c 1 /proc/kcore | busybox wc -c) = 0 || echo kcore; test -z "$(cat /proc/keys)" || echo keys; ' +
      'for file in /proc/sys/kernel/hostname /proc/sysrq-trigger /sys/kernel/uevent_helper /sys/fs/cgroup/x; do ' +
      '(echo x > $file) 2>/dev/null && echo $file; done; true'
    assert.equal((await run(subject, script, { capabilities: ['CAP_DAC_OVERRIDE'] })).stdout, '')
  },
})

book.prove({
  id: 'mounts',
  methods: ['launch'],
  title: 'of the host a container sees what was granted, where that was granted, and writes only where it may',
  async run(subject) {
    const folder = join(subject.fixtures.folder, freshName('host'))
    await mkdir(folder)
    await writeFile(join(folder, 'file'), 'of the host')
    const script = `cat /seen/file; echo ' ' > /seen/new && echo wrote; test -e ${folder} && echo elsewhere; true`
    const see = async (readOnly: boolean) =>
      (await run(subject, script, { mounts: [{ source: folder, target: '/seen', readOnly }] })).stdout
    assert.equal(await see(true), 'of the host')
    assert.equal(await see(false), 'of the hostwrote\n')
    assert.equal(await readFile(join(folder, 'new'), 'utf8'), ' \n')
    assert.equal((await run(subject, script)).stdout, '')
    const mounts = [{ source: join(folder, 'no-such'), readOnly: true }]
    await failsWith('LAUNCH_GRANT_INVALID', run(subject, 'true', { mounts }))
  },
})

book.prove({
  id: 'mounts-are-shared',
  methods: ['launch'],
  title: 'what a container mounts in its own folder is seen on the host only where that was granted',
  async run(subject) {
    const own = join(subject.fixtures.folder, freshName('own'))
    await mkdir(join(own, 'm'), { recursive: true })
    const script = `busybox mount -t tmpfs m ${own}/m && echo made > ${own}/m/file && echo ready && cat`
    const seenOnHost = async (shareMounts: boolean) => {
      const grants: Grants = { capabilities: ['CAP_SYS_ADMIN'], shareMounts }
      const look = async ({ id }: { id: string }) => {
        await untilOutput(subject.driver, id, 'ready')
        const seen = await readFile(join(own, 'm/file'), 'utf8').catch(() => '')
        await run(subject, `busybox umount ${own}/m; true`, grants, { folders: [own] })
        return seen
      }
      return await inContainer(subject, script, look, { grants, folders: [own] })
    }
    assert.equal(await seenOnHost(false), '')
    assert.equal(await seenOnHost(true), 'made\n')
    assert.equal(statSync(join(own, 'm')).dev, statSync(subject.fixtures.folder).dev)
  },
})

book.prove({
  id: 'devices',
  methods: ['launch'],
  title: 'a device can be opened where it was granted, and else not even when its node is made',
  needs: ['device'],
  async run(subject) {
    const { device } = subject.fixtures
    const open = `true < ${device}`
    assert.equal((await run(subject, open, { devices: [{ path: device, access: 'r' }] })).exitCode, 0)
    assert.notEqual((await run(subject, open)).exitCode, 0)
    const number = statSync(device).rdev
    const [major, minor] = [(number >> 8) & 0xfff, (number & 0xff) | ((number >> 12) & 0xfff00)]
    const made = await run(
      subject,
      `busybox mknod /node c ${major} ${minor} && echo made; true < /node && echo opened`,
      { capabilities: ['CAP_MKNOD', 'CAP_SYS_ADMIN'], root: 'scratch' },
    )
    assert.ok(!made.stdout.includes('opened'), made.stdout)
    await failsWith('LAUNCH_GRANT_INVALID', run(subject, 'true', { devices: [{ path: '/dev/no-such' }] }))
  },
})

book.prove({
  id: 'foreign-program',
  methods: ['launch'],
  title: 'a program that is no component has the mounts and namespaces that it says, its root stays, and no other does',
  async run(subject) {
    const { folder, busybox } = subject.fixtures
    const [root, spread] = [join(folder, freshName('own-root')), join(folder, freshName('spread'))]
    for (const each of ['bin', 'proc', 'dev', 'sys', 'etc']) await mkdir(join(root, each), { recursive: true })
    await mkdir(join(spread, 'm'), { recursive: true })
    await copyFile(busybox, join(root, 'bin/busybox'))
    await symlink('busybox', join(root, 'bin/sh'))
    const script =
      'echo kept > /file; for kind in pid ipc; do busybox readlink /proc/self/ns/$kind; done; ' +
      'busybox stat -f -c %T /memory; busybox mount -t tmpfs m /spread/m && echo made > /spread/m/file; echo ready; cat'
    const look = async ({ id }: { id: string }) => {
      await untilOutput(subject.driver, id, 'ready')
      const seen = await readFile(join(spread, 'm/file'), 'utf8').catch(() => '')
      await run(subject, 'busybox umount /spread/m', grants, { foreign: { sharedFolders } })
      await subject.driver.kill({ id, signal: 9 })
      return { seen, ...(await endOf(subject.driver, id)) }
    }
    const grants: Grants = { capabilities: ['CAP_SYS_ADMIN'] }
    const sharedFolders = [{ source: spread, target: '/spread' }]
    const foreign = {
      hostPid: true,
      hostIpc: true,
      writableRoot: true,
      mounts: [{ type: 'tmpfs', source: 'tmpfs', target: '/memory', options: ['size=64k'] }],
      sharedFolders,
    }
    const { seen, stdout } = await inContainer(subject, script, look, { image: root, grants, foreign })
    assert.equal(stdout, `${readlinkSync('/proc/self/ns/pid')}\n${readlinkSync('/proc/self/ns/ipc')}\ntmpfs\nready\n`)
    assert.equal(seen, 'made\n')
    assert.equal(await readFile(join(root, 'file'), 'utf8'), 'kept\n')
    const missing = [{ type: 'bind', source: join(folder, 'no-such'), target: '/x', options: ['rbind'] }]
    await failsWith('LAUNCH_GRANT_INVALID', run(subject, 'true', {}, { foreign: { mounts: missing } }))
  },
})

book.prove({
  id: 'limits',
  methods: ['launch'],
  title: 'a container has no more processes and memory than it was granted',
  async run(subject) {
    const forks = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 5 & done; echo all'
    assert.match((await run(subject, `${forks}; exit 0`, { pids: 64 })).stdout, /all/)
    const few = await run(subject, `${forks}; exit 0`, { pids: 6 })
    assert.match(few.stderr, /fork/)
    const fill = 'busybox head -c 50000000 /dev/zero | busybox tail -c 50000000 | busybox wc -c'
    assert.equal((await run(subject, fill, { memoryBytes: 256 << 20 })).stdout.trim(), '50000000')
    assert.notEqual((await run(subject, fill, { memoryBytes: 16 << 20 })).stdout.trim(), '50000000')
  },
})

book.prove({
  id: 'unknown-capability',
  methods: ['launch', 'list'],
  title: 'a capability that does not exist is refused, and nothing is left',
  async run(subject) {
    await failsWith('LAUNCH_GRANT_INVALID', run(subject, 'true', { capabilities: ['CAP_TO_FLY'] }))
    assert.deepEqual((await subject.driver.list({})).containers, [])
    assert.ok((await busyboxRoot(subject.fixtures)).startsWith('/'))
    await eventually(15_000, 'it works on', async () => (await run(subject, 'echo on')).stdout === 'on\n')
  },
})
