import { strict as assert } from 'node:assert'
import { hasCode } from '../errors/index.ts'
import { runtime, type RuntimeEvent } from '../runtime/index.ts'
import { runtimeNeeds, type RuntimeFixtures } from './bundle.ts'
import { CaseBook } from './case.ts'
import { eventually, failsWith, within } from './checks.ts'
import { ended, inContainer, sleeper } from './runtime-helpers.ts'

const book = new CaseBook<typeof runtime, RuntimeFixtures>(runtime, runtimeNeeds)
/** Promises of `runtime`. What it refuses: runtime-refusals.ts; what lives on through a restart: runtime-restart.ts. */
export const runtimeCases = book.cases

book.prove({
  id: 'info',
  methods: ['info'],
  title: 'name, version and path of the runtime are told',
  async run({ driver }) {
    const { name, version, path } = await driver.info({})
    assert.ok(name !== '' && /\d/.test(version) && path.startsWith('/'), JSON.stringify({ name, version, path }))
  },
})

book.prove({
  id: 'life-of-a-container',
  methods: ['create', 'start', 'wait', 'state', 'delete'],
  title: 'a container is created, running, stopped with its exit code, and gone when it is deleted',
  async run(subject) {
    const { driver } = subject
    await inContainer(subject, ['sh', '-c', 'read line; exit 3'], async ({ id, streams }) => {
      assert.equal((await driver.state({ id })).status, 'created')
      const { pid } = await driver.start({ id })
      const running = await driver.state({ id })
      assert.deepEqual([running.status, running.pid], ['running', pid])
      const waiting = Promise.all([ended(driver, id), ended(driver, id)])
      streams.write('end\n')
      const waits = await waiting
      assert.deepEqual(
        waits.map(({ exitCode }) => exitCode),
        [3, 3],
      )
      assert.equal((await ended(driver, id)).exitCode, 3)
      const stopped = await driver.state({ id })
      assert.deepEqual([stopped.status, stopped.exit?.exitCode], ['stopped', 3])
      assert.equal((await driver.delete({ id })).exit?.exitCode, 3)
      await failsWith('RUNTIME_TASK_NOT_FOUND', driver.state({ id }))
      await driver.delete({ id })
    })
  },
})

book.prove({
  id: 'streams',
  methods: ['create', 'start', 'closeStdin'],
  title: 'standard input, output and error are connected, and input ends when it is closed',
  async run(subject) {
    const { driver } = subject
    await inContainer(subject, ['sh', '-c', 'echo to-out; echo to-err >&2; cat; echo end'], async ({ id, streams }) => {
      await driver.start({ id })
      await streams.until('stdout', 'to-out\n')
      await streams.until('stderr', 'to-err\n')
      streams.write('over the wall\n')
      await streams.until('stdout', 'over the wall\n')
      streams.endInput()
      await driver.closeStdin({ id })
      assert.equal((await ended(driver, id)).exitCode, 0)
      await streams.until('stdout', 'end\n')
      assert.equal(streams.read('stderr'), 'to-err\n')
    })
  },
})

book.prove({
  id: 'terminal',
  methods: ['create', 'resize'],
  title: 'a terminal has the size that it was given',
  async run(subject) {
    const { driver } = subject
    const program = ['sh', '-c', 'trap "stty size" WINCH; echo ready; while true; do sleep 0.1; done']
    await inContainer(
      subject,
      program,
      async ({ id, streams }) => {
        await driver.start({ id })
        await streams.until('stdout', 'ready\r\n')
        await driver.resize({ id, width: 133, height: 41 })
        await streams.until('stdout', '41 133\r\n')
      },
      { terminal: true },
    )
  },
})

book.prove({
  id: 'signals',
  methods: ['kill', 'wait'],
  title: 'a signal reaches the program, and a death by signal is 128 and its number',
  async run(subject) {
    const { driver } = subject
    await inContainer(subject, sleeper, async ({ id, streams }) => {
      await driver.start({ id })
      await streams.until('stdout', 'ready')
      await driver.kill({ id, signal: 15 })
      assert.equal((await ended(driver, id)).exitCode, 5)
      const late = await driver.kill({ id, signal: 15 }).catch((error: unknown) => error)
      assert.ok(hasCode(late, 'RUNTIME_TASK_NOT_FOUND', 'RUNTIME_TASK_STATE'), 'a dead process took a signal')
    })
    await inContainer(subject, sleeper, async ({ id, streams }) => {
      await driver.start({ id })
      await streams.until('stdout', 'ready')
      await driver.kill({ id, signal: 9, all: true })
      assert.equal((await ended(driver, id)).exitCode, 137)
    })
  },
})

book.prove({
  id: 'exec',
  methods: ['exec', 'start', 'wait', 'state', 'delete', 'kill'],
  title: 'further processes run in a running container, each with streams and an exit code of its own',
  async run(subject) {
    const { driver } = subject
    await inContainer(subject, sleeper, async (bundle) => {
      const { id } = bundle
      await driver.start({ id })
      const run = async (execId: string, code: number): Promise<void> => {
        const { streams, process } = await bundle.exec(['sh', '-c', `echo ${execId}; exit ${code}`])
        await driver.exec({ id, execId, process, stdio: streams.stdio })
        await driver.start({ id, execId })
        assert.equal((await ended(driver, id, execId)).exitCode, code)
        await streams.until('stdout', `${execId}\n`)
        assert.equal((await driver.state({ id, execId })).status, 'stopped')
        await driver.delete({ id, execId })
        await failsWith('RUNTIME_TASK_NOT_FOUND', driver.start({ id, execId }))
      }
      await Promise.all([run('one', 0), run('two', 7), run('three', 255)])
      const { streams, process } = await bundle.exec(['sleep', '100'])
      await driver.exec({ id, execId: 'long', process, stdio: streams.stdio })
      await failsWith('RUNTIME_TASK_EXISTS', driver.exec({ id, execId: 'long', process, stdio: streams.stdio }))
      await driver.start({ id, execId: 'long' })
      await driver.kill({ id, execId: 'long', signal: 9 })
      assert.equal((await ended(driver, id, 'long')).exitCode, 137)
      assert.equal((await driver.state({ id })).status, 'running')
    })
  },
})

book.prove({
  id: 'pause',
  methods: ['pause', 'resume', 'state'],
  title: 'a paused container does nothing until it is resumed, or the host lacks it',
  async run(subject) {
    const { driver } = subject
    const ticker = ['sh', '-c', 'while true; do echo tick; sleep 0.02; done']
    await inContainer(subject, ticker, async ({ id, streams }) => {
      await driver.start({ id })
      await streams.until('stdout', 'tick')
      const refused = await driver.pause({ id }).then(
        () => undefined,
        (error: unknown) => error,
      )
      if (refused !== undefined) return failsWith('HOST_LACKS', Promise.reject(refused as Error))
      assert.equal((await driver.state({ id })).status, 'paused')
      // What it had written before may still be on its way.
      let before = -1
      await eventually(15_000, 'a paused container writes nothing', async () => {
        before = streams.read('stdout').length
        await new Promise((resolve) => setTimeout(resolve, 200))
        return streams.read('stdout').length === before
      })
      await driver.resume({ id })
      assert.equal((await driver.state({ id })).status, 'running')
      await eventually(15_000, 'it writes on', async () => streams.read('stdout').length > before)
    })
  },
})

book.prove({
  id: 'resources',
  methods: ['update', 'stats', 'processes'],
  title: 'limits are changed, counters and processes are told',
  async run(subject) {
    const { driver } = subject
    await inContainer(subject, sleeper, async ({ id, streams }) => {
      const { pid } = await driver.start({ id })
      await streams.until('stdout', 'ready')
      await driver.update({ id, resources: { memory: { limit: 64 * 1024 * 1024 } } })
      await driver.update({ id, resources: { memory: { limit: 64 * 1024 * 1024 } } })
      const stats = await driver.stats({ id })
      assert.ok(stats.cpu.totalNs > 0)
      assert.equal(stats.memory?.limit, 64 * 1024 * 1024)
      assert.ok((await driver.processes({ id })).pids.includes(pid))
    })
  },
})

book.prove({
  id: 'events',
  methods: ['events'],
  title: 'the end of a container and of an exec is told as it happens',
  async run(subject) {
    const { driver } = subject
    const giveUp = new AbortController()
    const events = driver.events({}, { signal: giveUp.signal })[Symbol.asyncIterator]()
    const seen: RuntimeEvent[] = []
    const listening = (async () => {
      for (let next = await events.next(); next.done !== true; next = await events.next()) seen.push(next.value)
    })().catch(() => undefined)
    await inContainer(subject, sleeper, async (bundle) => {
      const { id } = bundle
      await driver.start({ id })
      const { streams, process } = await bundle.exec(['sh', '-c', 'exit 4'])
      await driver.exec({ id, execId: 'e', process, stdio: streams.stdio })
      await driver.start({ id, execId: 'e' })
      await ended(driver, id, 'e')
      await driver.kill({ id, signal: 9, all: true })
      await ended(driver, id)
      const told = () => seen.filter((event) => event.id === id && event.kind === 'exit')
      await eventually(15_000, 'both ends are told', async () => told().length >= 2)
      assert.deepEqual(
        told().map(({ execId, exit }) => [execId, exit?.exitCode]),
        [
          ['e', 4],
          [undefined, 137],
        ],
      )
    })
    giveUp.abort()
    await within(15_000, listening, 'the end of the events')
  },
})

book.prove({
  id: 'containers-at-once',
  methods: ['create', 'start', 'wait', 'delete'],
  title: 'five containers at once have five exit codes',
  async run(subject) {
    const { driver } = subject
    await Promise.all(
      [0, 1, 2, 126, 255].map((code) =>
        inContainer(subject, ['sh', '-c', `exit ${code}`], async ({ id }) => {
          await driver.start({ id })
          assert.equal((await ended(driver, id)).exitCode, code)
        }),
      ),
    )
  },
})

book.prove({
  id: 'forced-delete',
  methods: ['delete'],
  title: 'a forced delete ends a running container and all of its processes',
  async run(subject) {
    const { driver } = subject
    await inContainer(subject, ['sh', '-c', 'sleep 1000 & echo ready; wait'], async ({ id, streams }) => {
      await driver.start({ id })
      await streams.until('stdout', 'ready')
      const { pids } = await driver.processes({ id })
      assert.ok(pids.length >= 2, pids.join(' '))
      await driver.delete({ id, force: true })
      await failsWith('RUNTIME_TASK_NOT_FOUND', driver.state({ id }))
      for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
    })
  },
})
