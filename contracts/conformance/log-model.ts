import { strict as assert } from 'node:assert'
import { logDriver, type LogRecord } from '../log/index.ts'
import { CaseBook } from './case.ts'
import { freshName } from './checks.ts'
import { Dice } from './dice.ts'
import { read, type LogFixtures } from './log-helpers.ts'
import { infoOf } from './log-samples.ts'

const book = new CaseBook<typeof logDriver, LogFixtures>(logDriver)
/** Promises of `log.driver` held by generated sequences against a model: a list of records. */
export const logModelCases = book.cases

const parts = [
  '',
  'a',
  'two words',
  '"',
  '\\',
  '\t',
  '\u0001',
  '\u007f',
  'é',
  '€',
  '😀',
  '\u2028',
  '{"log":"x\\n"}',
  '\r',
]
const seeds = [1, 2, 3]
const steps = 40

book.prove({
  id: 'like-a-list',
  methods: ['open', 'write', 'read', 'close'],
  title: 'whatever is done to a log in whatever order, it reads like the list of what was written',
  needs: ['readable'],
  async run({ driver }) {
    for (const seed of seeds) {
      const [dice, log] = [new Dice(seed), freshName('log')]
      const written: LogRecord[] = []
      const position = { stdout: 0, stderr: 0 }
      let last = { log, records: [] as LogRecord[], position: { stdout: '0', stderr: '0' } }
      const open = () => driver.open({ log, info: infoOf({}) })
      await open()
      for (let step = 1; step <= steps; step++) {
        const act = dice.below(6)
        if (act < 3) {
          const records = Array.from({ length: 1 + dice.below(12) }, (_, at) => recordAt(written.length + at, dice))
          for (const { stream, line } of records) position[stream] += line.length + 1
          last = { log, records, position: { stdout: String(position.stdout), stderr: String(position.stderr) } }
          await driver.write(last)
          written.push(...records)
        } else if (act === 3) await driver.write(last)
        else {
          if (act === 4) await driver.close({ log })
          assert.deepEqual((await open()).position, last.position, `seed ${seed}, step ${step}: the position`)
        }
        const wish = wishOf(written, dice)
        const found = await read(driver, log, wish)
        assert.deepEqual(
          found.map(tell),
          choose(written, wish).map(tell),
          `seed ${seed}, step ${step}: what ${JSON.stringify(wish)} gives`,
        )
      }
      await driver.remove({ log })
    }
  },
})

interface Wish {
  readonly tail?: number
  readonly since?: string
  readonly until?: string
  readonly streams?: ('stdout' | 'stderr')[]
}

function recordAt(at: number, dice: Dice): LogRecord {
  const words = Array.from({ length: dice.below(5) }, () => dice.pick(parts))
  const line = dice.oneIn(12) ? dice.pick(parts).repeat(3_000) : words.join('')
  return { stream: dice.oneIn(3) ? 'stderr' : 'stdout', time: timeOf(at), line: Buffer.from(line) }
}

/** Seven nanoseconds apart, over the end of a second. */
function timeOf(at: number): string {
  const nanoseconds = 999_999_000 + at * 7
  return `2024-12-31T23:59:${String(58 + Math.floor(nanoseconds / 1e9))}.${String(nanoseconds % 1e9).padStart(9, '0')}Z`
}

function wishOf(written: readonly LogRecord[], dice: Dice): Wish {
  const some = () => timeOf(dice.below(written.length + 2))
  return {
    ...(dice.oneIn(2) ? { tail: dice.below(written.length + 3) } : {}),
    ...(dice.oneIn(3) ? { since: some() } : {}),
    ...(dice.oneIn(3) ? { until: some() } : {}),
    ...(dice.oneIn(3) ? { streams: dice.pick([['stdout'], ['stderr'], ['stderr', 'stdout']]) } : {}),
  }
}

/** What a list of whole lines gives, by the words of the contract. */
function choose(written: readonly LogRecord[], { tail, since = '', until = '9', streams }: Wish): LogRecord[] {
  return written
    .slice(tail === undefined ? 0 : Math.max(0, written.length - tail))
    .filter(({ time, stream }) => time >= since && time <= until && streams?.includes(stream) !== false)
}

/** Long lines by their length, so that a difference can be read. */
function tell({ stream, time, line, partial }: LogRecord): string {
  const text = new TextDecoder().decode(line)
  const shown = text.length > 60 ? `${text.slice(0, 30)}… of ${line.length} bytes` : JSON.stringify(text)
  return `${stream} ${time} ${shown}${partial === undefined ? '' : ' in pieces'}`
}
