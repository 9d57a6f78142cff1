import { describe, expect, it } from 'vitest'
import { StatusResponse } from '../messages/control-messages.ts'
import { ProgressLog } from './progress-log.ts'
import { beginStep, BuilderSteps } from './steps.ts'

const never = new AbortController().signal
const all = async (log: ProgressLog) =>
  (await Array.fromAsync(log.follow(never))).map((message) => StatusResponse.decode(message))

describe('what a build tells', () => {
  it('is told whole to whoever follows, early or late', async () => {
    const log = new ProgressLog()
    const early = all(log)
    const step = beginStep(log, 'one')
    step.log('stderr', 'words')
    await Promise.resolve()
    step.status({ id: 'part', current: 1, total: 2 })
    step.end({ cached: true })
    log.end()
    log.tell({ vertexes: [] })
    const updates = await early
    expect(await all(log)).toEqual(updates)
    expect(updates.flatMap(({ vertexes }) => vertexes.map(({ name, cached }) => [name, cached]))).toEqual([
      ['one', false],
      ['one', true],
    ])
    expect(updates.flatMap(({ logs }) => logs.map(({ stream, data }) => [stream, String(Buffer.from(data))]))).toEqual([
      [2, 'words'],
    ])
    // A part that nobody ended ends with its step.
    expect(updates.flatMap(({ statuses }) => statuses.map(({ completed }) => completed !== undefined))).toEqual([
      false,
      true,
    ])
  })

  it('loses its oldest output when there is much of it, and no step', async () => {
    const log = new ProgressLog()
    const step = beginStep(log, 'long')
    for (let at = 0; at < 40; at += 1) step.log('stdout', String(at % 10).repeat(1024 * 1024))
    step.end()
    log.end()
    const updates = await all(log)
    expect(updates.flatMap(({ vertexes }) => vertexes)).toHaveLength(2)
    expect(updates.flatMap(({ logs }) => logs.map(({ data }) => data[0]))).toEqual(
      [...'23456789'].map((each) => each.charCodeAt(0)),
    )
  })

  it('ends for a follower who leaves', async () => {
    const leaving = new AbortController()
    const following = Array.fromAsync(new ProgressLog().follow(leaving.signal))
    leaving.abort()
    expect(await following).toEqual([])
  })

  it('has the steps of the builder with their place, one at a time', async () => {
    const log = new ProgressLog()
    const steps = new BuilderSteps(log)
    const begin = { stage: 'made', stages: 2, count: 3 }
    steps.take({ step: { ...begin, number: 1, text: 'FROM busybox AS made', line: 1 } })
    steps.take({ status: 'Downloading', id: 'layer', current: 1, total: 2 })
    steps.take({ step: { ...begin, number: 2, text: 'RUN <<EOF\n make\nEOF', line: 2 } })
    steps.take({ output: { from: 'stdout', text: 'made' }, stream: 'made' })
    steps.take({ step: { ...begin, number: 3, text: 'RUN false', line: 5 } })
    steps.take({ warning: 'careful' })
    expect(steps.line).toBe(5)
    steps.end('it failed')
    log.end()
    const updates = await all(log)
    const ended = updates.flatMap(({ vertexes }) => vertexes).filter(({ completed }) => completed !== undefined)
    expect(ended.map(({ name, error }) => [name, error])).toEqual([
      ['[made 1/3] FROM busybox AS made', ''],
      ['[made 2/3] RUN <<EOF make EOF', ''],
      ['[made 3/3] RUN false', 'it failed'],
    ])
    expect(updates.flatMap(({ warnings }) => warnings.map(({ short }) => String(Buffer.from(short))))).toEqual([
      'careful',
    ])
  })
})
