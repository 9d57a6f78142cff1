import { writeSync } from 'node:fs'
import type { LogRecord } from '@moby/contracts'
import { info, timeOf } from '@moby/lib-log-files/testing/samples'
import { jsonFileDriver } from './json-file-driver.ts'

/**
 * Writes the numbers from 0 on, one a line, to the log in folder argv[2], going on where the log says that
 * it was; up to argv[3]. Every second number goes to stderr.
 */
const ignore = () => undefined
const driver = jsonFileDriver({
  folder: String(process.argv[2]),
  defaults: () => ({}),
  log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
})
const options = { 'max-size': '20k', 'max-file': '1000', compress: 'true' }
const { position } = await driver.api.open({ log: 'log', info: { ...info, options } })
const reached = { stdout: Number(position.stdout), stderr: Number(position.stderr) }
const width = 9
let next = (reached.stdout + reached.stderr) / (width + 1)
const end = Number(process.argv[3])
writeSync(1, `${next}\n`)
while (next < end) {
  const records: LogRecord[] = []
  for (let count = 0; count < 37 && next < end; count += 1, next += 1) {
    const stream = next % 2 === 0 ? 'stdout' : 'stderr'
    records.push({ stream, time: timeOf(next), line: Buffer.from(String(next).padStart(width, '0')) })
    reached[stream] += width + 1
  }
  const to = { stdout: String(reached.stdout), stderr: String(reached.stderr) }
  await driver.api.write({ log: 'log', records, position: to })
}
await driver.close()
writeSync(1, 'done\n')
