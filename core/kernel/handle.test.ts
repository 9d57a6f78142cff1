import { codedError, defineContract, hasCode } from '@moby/contracts'
import { setTimeout as sleep } from 'node:timers/promises'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { Handle } from './handle.ts'

const nothing = Type.Object({})
const contract = defineContract({
  id: 'test.handle',
  version: '1.0.0',
  doc: '',
  overlap: 'exclusive',
  selection: 'driver',
  methods: {
    ask: { doc: '', request: nothing, response: nothing, errors: [], deadlineMs: 60, idempotent: true },
    act: { doc: '', request: nothing, response: nothing, errors: [], deadlineMs: 0, idempotent: false },
    follow: { doc: '', request: nothing, output: nothing, errors: [], deadlineMs: 0, idempotent: true },
  },
})

function life(name: string, wait: () => Promise<unknown> = () => Promise.resolve()) {
  const answer = async () => {
    await wait()
    return { name }
  }
  return {
    ask: answer,
    act: answer,
    async *follow() {
      yield { name }
      await wait()
      yield { name }
    },
  }
}

const make = () => new Handle({ contract: contract.id, driver: 'd', component: 't/d@1.0.0', entry: 'd' })
const lost = () => codedError('DRIVER_LOST', 'it ended')

test('calls wait while a life is exchanged, within the deadline of their method, and go on with the next', async () => {
  const handle = make()
  handle.connect(life('old'))
  const view = handle.as(contract)
  handle.hold()
  expect(handle.isAway).toBe(false)
  const waiting = view.act({})
  const late = view.ask({}).catch((error: unknown) => error)
  const given = new AbortController()
  const cancelled = view.act({}, { signal: given.signal }).catch((error: unknown) => error)
  given.abort()
  expect(await cancelled).toMatchObject({ code: 'CANCELLED' })
  expect(await late).toMatchObject({
    code: 'DRIVER_AWAY',
    message: 'The driver d of test.handle is being replaced, and the call has waited for 60 ms',
  })
  handle.connect(life('new'))
  expect(await waiting).toEqual({ name: 'new' })
  handle.hold()
  const streamed = Array.fromAsync(view.follow({}))
  handle.disconnect('it is gone')
  await expect(streamed).rejects.toMatchObject({
    code: 'DRIVER_AWAY',
    message: expect.stringContaining('it is gone') as string,
  })
  await expect(view.ask({})).rejects.toMatchObject({ code: 'DRIVER_AWAY' })
})

test('a call that need not wait reaches the driver in the turn in which it is made', async () => {
  const handle = make()
  const calls: string[] = []
  handle.connect({ act: async () => void calls.push('act') })
  const done = handle.as(contract).act({})
  expect(calls).toEqual(['act'])
  await done
})

test('what is under way is counted until it ends, streams also when their reader gives up', async () => {
  const handle = make()
  const slow = Promise.withResolvers<void>()
  handle.connect(life('a', () => slow.promise))
  const view = handle.as(contract)
  const target = handle.target
  const call = view.act({})
  const stream = view.follow({})[Symbol.asyncIterator]()
  await stream.next()
  expect([target?.isQuiet('call'), target?.isQuiet('stream')]).toEqual([false, false])
  expect(await target?.quiet(20, 'call')).toBe(false)
  const quiet = target?.quiet(5_000, 'call', 'stream')
  slow.resolve()
  await call
  expect(target?.isQuiet('call')).toBe(true)
  await stream.return?.()
  expect(await quiet).toBe(true)
})

test('what a replacement cuts off is asked again of the next life if it may be, and told if not', async () => {
  const handle = make()
  const cut = Promise.withResolvers<void>()
  const failing = () => cut.promise.then(() => Promise.reject(lost()))
  handle.connect(life('old', failing))
  const view = handle.as(contract)
  const [asked, acted] = [view.ask({}), view.act({}).catch((error: unknown) => error)]
  const followed = Array.fromAsync(view.follow({})).catch((error: unknown) => error)
  await sleep(5)
  if (handle.target !== undefined) handle.target.isLeaving = true
  handle.connect(life('new'))
  cut.resolve()
  expect(await asked).toEqual({ name: 'new' })
  expect(hasCode(await acted, 'DRIVER_LOST')).toBe(true)
  expect(hasCode(await followed, 'DRIVER_REPLACED')).toBe(true)
})

test('a stream that ends because its life was stopped has not come to its end', async () => {
  const handle = make()
  handle.connect(life('old', () => sleep(20)))
  const followed = Array.fromAsync(handle.as(contract).follow({})).catch((error: unknown) => error)
  if (handle.target !== undefined) handle.target.isLeaving = true
  expect(hasCode(await followed, 'DRIVER_REPLACED')).toBe(true)
})

test('lives of one change reach one another before others do', async () => {
  const handle = make()
  handle.connect(life('old'))
  const [usual, early] = [handle.as(contract), handle.as(contract, 'early')]
  expect(await early.ask({})).toEqual({ name: 'old' })
  const next = life('new')
  handle.hold()
  handle.showEarly(next)
  expect(await early.ask({})).toEqual({ name: 'new' })
  const waiting = usual.act({})
  const count = handle.as(contract, 'early').act({})
  handle.connect(next)
  expect([await waiting, await count]).toEqual([{ name: 'new' }, { name: 'new' }])
  handle.hold()
  handle.showEarly(life('third'))
  handle.showEarly(undefined)
  handle.release()
  expect(await early.ask({})).toEqual({ name: 'new' })
})
