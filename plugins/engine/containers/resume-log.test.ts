import { codedError, type Implementation, type LogBatch, type LogRecord, type logDriver } from '@moby/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resumeLog } from './resume-log.ts'

type Driver = Implementation<typeof logDriver>
type ReadRequest = Parameters<Driver['read']>[0]

/** A log of which several records have one time, in a driver that is replaced after so many batches of each life. */
function replacedDriver(times: readonly number[], lives: readonly number[], batchSize: number) {
  const records = times.map((time, at): LogRecord => ({
    stream: 'stdout',
    time: `2026-01-01T00:00:${String(time).padStart(2, '0')}Z`,
    line: Buffer.from(String(at)),
  }))
  const requests: ReadRequest[] = []
  let life = 0
  const driver = {
    async *read(request: ReadRequest): AsyncIterable<LogBatch> {
      requests.push(request)
      const { since = '', tail } = request
      const chosen = (tail === undefined ? records : records.slice(-tail)).filter(({ time }) => time >= since)
      const most = lives[life++]
      for (let at = 0; at * batchSize < chosen.length; at += 1) {
        if (at === most) throw codedError('DRIVER_REPLACED', 'the driver was replaced')
        yield chosen.slice(at * batchSize, (at + 1) * batchSize)
      }
    },
  } as unknown as Driver
  return { driver, requests, records }
}

test('a log that is read while its driver is replaced, however often, comes whole and once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(3), { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 }),
      fc.integer({ min: 1, max: 4 }),
      fc.option(fc.nat(12), { nil: undefined }),
      async (steps, lives, batchSize, tail) => {
        let time = 0
        const times = steps.map((step) => (time += step === 3 ? 1 : 0))
        // `tail` counts lines, and the pieces of a line have one time.
        fc.pre(tail === undefined || (tail > 0 && times.at(-tail) !== times.at(-tail - 1)))
        const { driver, records } = replacedDriver(times, lives, batchSize)
        const request = { log: 'l', ...(tail === undefined ? {} : { tail }) }
        const seen = (await Array.fromAsync(resumeLog(driver, request))).flat()
        const wanted = tail === undefined ? records : records.slice(-tail)
        expect(seen).toEqual(wanted)
      },
    ),
    { numRuns: 200 },
  )
})

test('other failures end it', async () => {
  const driver = {
    read: () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(codedError('LOG_NOT_FOUND', 'none')) }),
    }),
  } as unknown as Driver
  await expect(Array.fromAsync(resumeLog(driver, { log: 'l' }))).rejects.toMatchObject({ code: 'LOG_NOT_FOUND' })
})
