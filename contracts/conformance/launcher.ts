import { strict as assert } from 'node:assert'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { componentLauncher } from '../component/launcher.ts'
import { CaseBook } from './case.ts'
import { eventually, failsWith, freshName, outcomes, within } from './checks.ts'
import {
  busyboxLayout,
  busyboxRoot,
  endOf,
  outputOf,
  run,
  inContainer,
  untilOutput,
  type LauncherFixtures,
} from './launcher-helpers.ts'

const book = new CaseBook<typeof componentLauncher, LauncherFixtures>(componentLauncher)
/** Promises of `component.launcher` about the life of a container. What it may do: launcher-grants.ts. */
export const launcherCases = book.cases

const waitForInput = 'echo ready; cat; echo input ended'
const untilTerm = (code: number) => `trap "exit ${code}" TERM; echo ready; while true; do sleep 0.05; done`

book.prove({
  id: 'life-of-a-container',
  methods: ['launch', 'wait', 'logs', 'kill', 'list', 'remove'],
  title: 'a container runs its command, writes to two outputs, ends with its code and is gone when it is removed',
  async run(subject) {
    const { driver } = subject
    const gone = await inContainer(subject, `echo out; echo err >&2; ${untilTerm(7)}`, async ({ id, pid }) => {
      const own = async () => (await driver.list({})).containers.find((each) => each.id === id)
      assert.deepEqual(await own(), { id, name: 'kit', status: 'running', pid })
      await untilOutput(driver, id, 'ready')
      // Before that it may still be the runtime, which becomes the command.
      assert.match(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), /exit 7/)
      await driver.kill({ id, signal: 15 })
      const exit = await within(15_000, driver.wait({ id }), 'the end')
      assert.equal(exit.exitCode, 7)
      assert.ok(Math.abs(Date.parse(exit.exitedAt) - Date.now()) < 30_000, exit.exitedAt)
      assert.deepEqual(await outputOf(driver, id), { stdout: 'out\nready\n', stderr: 'err\n' })
      assert.deepEqual(await own(), { id, name: 'kit', status: 'ended', exit })
      assert.deepEqual(await driver.wait({ id }), exit)
      await driver.kill({ id, signal: 15 })
      await driver.remove({ id })
      assert.equal(await own(), undefined)
      return { id }
    })
    await failsWith('LAUNCH_UNKNOWN', driver.wait(gone))
    await failsWith('LAUNCH_UNKNOWN', driver.kill({ ...gone, signal: 9 }))
    await failsWith('LAUNCH_UNKNOWN', outputOf(driver, gone.id))
  },
})

book.prove({
  id: 'standard-input',
  methods: ['launch', 'remove', 'wait'],
  title: 'standard input stays open, and a removal ends what waits for it',
  async run(subject) {
    const { driver } = subject
    await inContainer(subject, waitForInput, async ({ id, pid }) => {
      await untilOutput(driver, id, 'ready')
      const waiting = driver.wait({ id }).then(() => 'ended')
      waiting.catch(() => undefined)
      assert.equal(await Promise.race([waiting, new Promise((go) => setTimeout(go, 300, 'runs'))]), 'runs')
      await driver.remove({ id })
      await within(
        15_000,
        waiting.catch(() => 'gone'),
        'the end',
      )
      assert.ok(!existsSync(`/proc/${pid}`))
    })
  },
})

book.prove({
  id: 'signals',
  methods: ['kill', 'wait'],
  title: 'a signal reaches the first process, and with 9 every process ends',
  async run(subject) {
    const { driver } = subject
    await inContainer(subject, untilTerm(3), async ({ id }) => {
      await untilOutput(driver, id, 'ready')
      await driver.kill({ id, signal: 15 })
      assert.equal((await endOf(driver, id)).exitCode, 3)
    })
    await inContainer(subject, 'trap "" TERM; sleep 1000 & echo ready; wait; sleep 1000', async ({ id }) => {
      await untilOutput(driver, id, 'ready')
      await driver.kill({ id, signal: 15 })
      await driver.kill({ id, signal: 9 })
      assert.equal((await endOf(driver, id)).exitCode, 137)
    })
  },
})

book.prove({
  id: 'image-layout',
  methods: ['launch'],
  title: 'an image layout runs as its configuration says, with what lower layers had and upper ones hid',
  async run(subject) {
    const { driver, fixtures } = subject
    const image = await busyboxLayout(
      fixtures,
      {
        Entrypoint: ['/bin/sh', '-c'],
        Cmd: ['pwd; cat new; test ! -e /old && echo hidden; echo $WORD $OTHER; id -u; id -g'],
        Env: ['PATH=/bin', 'WORD=image', 'OTHER=image'],
        WorkingDir: '/deep',
        User: '12:34',
      },
      {
        entries: [
          { name: 'bin/cat', type: 'symlink', target: 'busybox' },
          { name: 'bin/id', type: 'symlink', target: 'busybox' },
          { name: 'deep', type: 'directory' },
          { name: 'deep/new', data: 'of the second layer\n' },
        ],
      },
    )
    const launch = { name: 'kit', image, folders: [], grants: {} }
    for (const more of [{}, { environment: { OTHER: 'mine' }, user: '0', workingDirectory: '/' }]) {
      const { id } = await driver.launch({ ...launch, ...more })
      const { stdout, stderr } = await endOf(driver, id)
      await driver.remove({ id })
      const own = 'user' in more
      const words = own
        ? ['/', 'hidden', 'image mine', '0', '0']
        : ['/deep', 'of the second layer', 'hidden', 'image image', '12', '34']
      assert.deepEqual([stdout.trim().split('\n'), own || stderr === ''], [words, true])
    }
  },
})

book.prove({
  id: 'image-is-never-written',
  methods: ['launch'],
  title: 'the folder of an image is as it was, whatever a container does to its root',
  async run(subject) {
    const root = await busyboxRoot(subject.fixtures)
    const before = (await readdir(root, { recursive: true })).toSorted()
    const own = join(subject.fixtures.folder, freshName('own'))
    await mkdir(own)
    const script = 'echo x > /new && rm /etc/passwd && ls / | grep -c new'
    const { stdout } = await run(subject, script, { root: 'scratch' }, { folders: [own] })
    assert.equal(stdout.trim(), '1')
    assert.deepEqual((await readdir(root, { recursive: true })).toSorted(), before)
  },
})

book.prove({
  id: 'own-folders',
  methods: ['launch'],
  title: 'its own folders are where they are on the host, and belong to its user',
  async run(subject) {
    const own = join(subject.fixtures.folder, freshName('own'))
    await mkdir(join(own, 'deep'), { recursive: true, mode: 0o700 })
    await writeFile(join(own, 'told'), 'words', { mode: 0o600 })
    for (const [user, uid] of [
      ['guest', 1234],
      ['root', 0],
      ['77:88', 77],
    ] as const) {
      const script = `cat ${own}/told && echo mine > ${own}/deep/${user.slice(0, 2)} && id -u`
      assert.deepEqual(await run(subject, script, {}, { folders: [own], user }), {
        exitCode: 0,
        stdout: `words${uid}\n`,
        stderr: '',
      })
      assert.equal((await stat(join(own, 'deep', user.slice(0, 2)))).uid, uid)
    }
    assert.equal(await readFile(join(own, 'told'), 'utf8'), 'words')
  },
})

book.prove({
  id: 'bad-images',
  methods: ['launch'],
  title: 'what is no image, has no command or was changed is refused, and nothing is left',
  async run(subject) {
    const { driver, fixtures } = subject
    const launch = { name: 'kit', folders: [], grants: {} }
    const spoil = (layer: Buffer) => {
      const bytes = Buffer.from(layer)
      bytes[513] = 0x7e
      return bytes
    }
    const spoiled = await busyboxLayout(
      fixtures,
      { Cmd: ['/bin/sh'] },
      { entries: [{ name: 'some', data: 'thing' }], spoil },
    )
    const images = [
      join(fixtures.folder, 'no-such'),
      await busyboxRoot(fixtures),
      await busyboxLayout(fixtures, {}),
      await busyboxLayout(fixtures, { Cmd: ['/bin/sh'], User: 'nobody-knows' }),
      spoiled,
    ]
    for (const image of images) await failsWith('LAUNCH_IMAGE_INVALID', driver.launch({ ...launch, image }))
    const image = await busyboxRoot(fixtures)
    await failsWith('LAUNCH_FAILED', driver.launch({ ...launch, image, command: ['/no/such/program'] }))
    assert.deepEqual((await driver.list({})).containers, [])
  },
})

book.prove({
  id: 'many-at-a-time',
  methods: ['launch', 'list', 'remove'],
  title: 'containers of one name run beside each other, each with an id of its own',
  async run(subject) {
    const { driver } = subject
    const image = await busyboxRoot(subject.fixtures)
    const launch = { name: 'kit', image, command: ['/bin/sh', '-c', waitForInput], folders: [], grants: {} }
    const { answers, codes } = await outcomes(Array.from({ length: 4 }, () => driver.launch(launch)))
    const ids = answers.map(({ id }) => id)
    const { containers } = await driver.list({})
    const removals = await outcomes([...ids, ...ids].map((id) => driver.remove({ id })))
    assert.deepEqual([codes, removals.codes, new Set(ids).size], [[], [], 4])
    assert.deepEqual(containers.map(({ id }) => id).toSorted(), ids.toSorted())
    assert.deepEqual((await driver.list({})).containers, [])
  },
})

book.prove({
  id: 'slow-readers',
  methods: ['logs', 'wait'],
  title: 'a container that nobody reads ends all the same, and the last of its output is kept',
  async run(subject) {
    const { driver } = subject
    const script = 'i=0; while [ $i -lt 40000 ]; do echo line $i; i=$((i+1)); done'
    const { exitCode, stdout } = await inContainer(subject, script, async ({ id }) => await endOf(driver, id))
    assert.equal(exitCode, 0)
    assert.ok(
      stdout.endsWith('line 39999\n') && stdout.length <= 65_536 && stdout.length > 30_000,
      String(stdout.length),
    )
  },
})

book.prove({
  id: 'nothing-is-left',
  methods: ['launch', 'remove'],
  title: 'a container leaves no mount on the host, and no cgroup',
  async run(subject) {
    const home = dirname(subject.fixtures.folder)
    const mounts = () =>
      readFileSync('/proc/self/mountinfo', 'utf8')
        .split('\n')
        .filter((line) => line.includes(home))
    const before = mounts()
    const own = join(subject.fixtures.folder, freshName('own'))
    await mkdir(own)
    const check = async ({ id, pid }: { id: string; pid: number }) => {
      await untilOutput(subject.driver, id, 'ready')
      assert.deepEqual(mounts(), before)
      const inside = readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
      assert.ok(inside.includes(` ${own} `), inside)
      return /^\d+:(?:memory)?:(\S+)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? '/'
    }
    const cgroup = await inContainer(subject, waitForInput, check, { grants: { root: 'scratch' }, folders: [own] })
    assert.notEqual(cgroup, '/')
    assert.deepEqual(mounts(), before)
    for (const hierarchy of ['', 'memory', 'unified']) {
      assert.ok(!existsSync(join('/sys/fs/cgroup', hierarchy, cgroup)), `${cgroup} is left in ${hierarchy}`)
    }
  },
})

book.prove({
  id: 'death-of-the-launcher',
  methods: ['launch', 'list'],
  title: 'containers end when the launcher dies: by their standard input, or killed',
  needs: ['restart'],
  async run(subject) {
    const own = join(subject.fixtures.folder, freshName('own'))
    await mkdir(own)
    const polite = `echo ready; cat; echo ended > ${own}/ended`
    const deaf = 'trap "" TERM HUP; echo ready; while true; do sleep 1; done'
    const pids: number[] = []
    const die = async (started: readonly { id: string; pid: number }[]) => {
      for (const { id, pid } of started) {
        await untilOutput(subject.driver, id, 'ready')
        pids.push(pid)
      }
      await subject.restart()
    }
    await inContainer(
      subject,
      polite,
      async (first) => await inContainer(subject, deaf, async (second) => await die([first, second])),
      { folders: [own] },
    )
    await eventually(15_000, 'both are gone', async () => !pids.some((pid) => existsSync(`/proc/${pid}`)))
    assert.equal(pids.length, 2)
    const listed = async () => (await subject.driver.list({})).containers
    await eventually(15_000, 'nothing of them is left', async () => (await listed()).length === 0)
    assert.equal((await run(subject, 'echo works')).stdout, 'works\n')
  },
})
