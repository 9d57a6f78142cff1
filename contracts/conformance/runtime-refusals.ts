import { strict as assert } from 'node:assert'
import { runtime } from '../runtime/index.ts'
import { makeBundle, runtimeNeeds, type RuntimeFixtures } from './bundle.ts'
import { CaseBook } from './case.ts'
import { failsWith, freshName, within } from './checks.ts'
import { ended, inContainer, sleeper } from './runtime-helpers.ts'

const book = new CaseBook<typeof runtime, RuntimeFixtures>(runtime, runtimeNeeds)
/** Promises of `runtime` about what cannot be done. */
export const runtimeRefusalCases = book.cases

book.prove({
  id: 'program-missing',
  methods: ['create', 'start', 'delete', 'exec'],
  title: 'a program that does not exist fails with a code at create or start, and the id is free again',
  async run(subject) {
    const { driver, fixtures } = subject
    const bundle = await makeBundle(fixtures, ['/bin/no-such-program'])
    try {
      const attempt = async (): Promise<void> => {
        await driver.create({ id: bundle.id, bundle: bundle.path, stdio: bundle.streams.stdio })
        await driver.start({ id: bundle.id })
      }
      await failsWith('RUNTIME_CREATE_FAILED', attempt())
      await driver.delete({ id: bundle.id, force: true })
      await failsWith('RUNTIME_CREATE_FAILED', attempt())
    } finally {
      await driver.delete({ id: bundle.id, force: true }).finally(() => bundle.close())
    }
    await inContainer(subject, sleeper, async (running) => {
      await driver.start({ id: running.id })
      const { streams, process } = await running.exec(['/bin/no-such-program'])
      await driver.exec({ id: running.id, execId: 'none', process, stdio: streams.stdio })
      await failsWith('RUNTIME_CREATE_FAILED', driver.start({ id: running.id, execId: 'none' }))
      assert.equal((await driver.state({ id: running.id })).status, 'running')
    })
  },
})

book.prove({
  id: 'unknown-task',
  methods: [
    'start',
    'exec',
    'wait',
    'kill',
    'pause',
    'resume',
    'update',
    'stats',
    'processes',
    'resize',
    'closeStdin',
    'state',
    'delete',
  ],
  title: 'every method answers RUNTIME_TASK_NOT_FOUND for what is not there; to delete it is success',
  async run(subject) {
    const { driver } = subject
    const id = freshName('none')
    const stdio = { terminal: false }
    const calls: [string, Promise<unknown>][] = [
      ['start', driver.start({ id })],
      ['exec', driver.exec({ id, execId: 'e', process: { args: ['true'], cwd: '/' }, stdio })],
      ['wait', within(15_000, driver.wait({ id }), 'an answer to wait')],
      ['kill', driver.kill({ id, signal: 9 })],
      ['pause', driver.pause({ id })],
      ['resume', driver.resume({ id })],
      ['update', driver.update({ id, resources: {} })],
      ['stats', driver.stats({ id })],
      ['processes', driver.processes({ id })],
      ['resize', driver.resize({ id, width: 1, height: 1 })],
      ['closeStdin', driver.closeStdin({ id })],
      ['state', driver.state({ id })],
    ]
    for (const [, call] of calls) await failsWith('RUNTIME_TASK_NOT_FOUND', call)
    await driver.delete({ id })
    await driver.delete({ id, force: true })
    await inContainer(subject, sleeper, async (bundle) => {
      await driver.start({ id: bundle.id })
      await failsWith('RUNTIME_TASK_NOT_FOUND', driver.start({ id: bundle.id, execId: 'never' }))
      await failsWith('RUNTIME_TASK_NOT_FOUND', driver.kill({ id: bundle.id, execId: 'never', signal: 9 }))
      await driver.delete({ id: bundle.id, execId: 'never' })
    })
  },
})

book.prove({
  id: 'wrong-state',
  methods: ['create', 'start', 'delete', 'exec'],
  title: 'what does not fit the state of a container is refused and changes nothing',
  async run(subject) {
    const { driver } = subject
    await inContainer(subject, sleeper, async (bundle) => {
      const { id } = bundle
      const { stdio } = bundle.streams
      await failsWith('RUNTIME_TASK_EXISTS', driver.create({ id, bundle: bundle.path, stdio }))
      await driver.start({ id })
      await failsWith('RUNTIME_TASK_STATE', driver.start({ id }))
      await failsWith('RUNTIME_TASK_STATE', driver.delete({ id }))
      await failsWith('RUNTIME_TASK_STATE', driver.resume({ id }))
      assert.equal((await driver.state({ id })).status, 'running')
      await driver.kill({ id, signal: 9, all: true })
      await ended(driver, id)
      const { streams, process } = await bundle.exec(['true'])
      await failsWith(
        ['RUNTIME_TASK_STATE', 'RUNTIME_TASK_NOT_FOUND'],
        driver
          .exec({ id, execId: 'late', process, stdio: streams.stdio })
          .then(() => driver.start({ id, execId: 'late' })),
      )
    })
  },
})
