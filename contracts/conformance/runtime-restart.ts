import { strict as assert } from 'node:assert'
import { runtime } from '../runtime/index.ts'
import { makeBundle, runtimeNeeds, type RuntimeFixtures } from './bundle.ts'
import { CaseBook } from './case.ts'
import { failsWith, freshName, within } from './checks.ts'

const book = new CaseBook<typeof runtime, RuntimeFixtures>(runtime, runtimeNeeds)
/** Promises of `runtime` about what lives on when the driver does not. */
export const runtimeRestartCases = book.cases

book.prove({
  id: 'restart-while-running',
  methods: ['reconnect', 'wait', 'kill', 'exec'],
  title: 'a container runs on through a restart, and after reconnect everything works on it',
  needs: ['restart'],
  async run(subject) {
    const bundle = await makeBundle(subject.fixtures, [
      'sh',
      '-c',
      'trap "exit 9" TERM; echo ready; while true; do sleep 0.1; done',
    ])
    const { id, path, streams } = bundle
    try {
      await subject.driver.create({ id, bundle: path, stdio: streams.stdio })
      const { pid } = await subject.driver.start({ id })
      await streams.until('stdout', 'ready')
      await subject.restart()
      const { driver } = subject
      const state = await driver.reconnect({ id, bundle: path })
      assert.deepEqual([state.status, state.pid], ['running', pid])
      assert.equal((await driver.reconnect({ id, bundle: path })).status, 'running')
      const further = await bundle.exec(['echo', 'still here'])
      await driver.exec({ id, execId: 'after', process: further.process, stdio: further.streams.stdio })
      await driver.start({ id, execId: 'after' })
      await further.streams.until('stdout', 'still here')
      const waiting = driver.wait({ id })
      await driver.kill({ id, signal: 15 })
      assert.equal((await within(15_000, waiting, 'the end')).exitCode, 9)
      assert.equal((await driver.delete({ id })).exit?.exitCode, 9)
    } finally {
      await subject.driver.delete({ id, force: true }).finally(() => bundle.close())
    }
  },
})

book.prove({
  id: 'restart-missed-the-end',
  methods: ['reconnect', 'wait', 'delete'],
  title: 'a container that ended meanwhile is stopped after reconnect, with its exit code and time',
  needs: ['restart'],
  async run(subject) {
    const bundle = await makeBundle(subject.fixtures, ['sh', '-c', 'echo ready; cat; exit 7'])
    const { id, path, streams } = bundle
    try {
      await subject.driver.create({ id, bundle: path, stdio: streams.stdio })
      const { pid } = await subject.driver.start({ id })
      await streams.until('stdout', 'ready')
      const restarted = subject.restart()
      process.kill(pid, 'SIGKILL')
      await restarted
      const { driver } = subject
      const state = await driver.reconnect({ id, bundle: path })
      const exit = await within(15_000, driver.wait({ id }), 'the end')
      assert.equal(exit.exitCode, 137)
      assert.ok(Math.abs(Date.parse(exit.exitedAt) - Date.now()) < 30_000, exit.exitedAt)
      assert.ok(['running', 'stopped'].includes(state.status))
      assert.equal((await driver.delete({ id })).exit?.exitCode, 137)
    } finally {
      await subject.driver.delete({ id, force: true }).finally(() => bundle.close())
    }
  },
})

book.prove({
  id: 'reconnect-unknown',
  methods: ['reconnect'],
  title: 'to reconnect to what was never there is an error with a code',
  async run({ driver, fixtures }) {
    const id = freshName('none')
    await failsWith(
      ['RUNTIME_TASK_NOT_FOUND', 'RUNTIME_SHIM_LOST'],
      driver.reconnect({ id, bundle: `${fixtures.folder}/${id}` }),
    )
  },
})
