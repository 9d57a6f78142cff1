import { Agent, request } from 'node:http'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { ConfiguredAssembly } from '../e2e/configured-assembly.ts'
import { EngineProcess } from '../e2e/engine-process.ts'
import { nothingLeft } from '../e2e/footprint.ts'
import { putMisbehaving } from '../fixtures/misbehaving-folder.ts'

/**
 * Whether an engine answers `docker ps` as fast while a driver misbehaves as while it behaves: the 99th percentile of
 * `GET /containers/json` in pairs of turns, one of each, now the one first and now the other, so that what else the host
 * does meets both alike. Each turn begins with a driver that runs and owes no answer. Prints the figures; fails when the
 * median of the pairs' ratios is above the limit, or the ratio over the requests of all turns: the one sees what is always
 * so, the other what comes now and then.
 */
const limit = 1.5
const pairs = 9
const secondsPerTurn = 5
const perSecond = 100

/** A volume that the driver has also after it was started anew. */
const sound = 'v'

/** Faults by the name of a volume (test/fixtures/misbehaving): a call that takes each of them in turn. */
const faults = ['hang', 'html', 'endless', 'slow', 'deep', 'cut', 'twice', 'other-id', 'huge', 'missing', 'exit']

/** Milliseconds after a turn in which the driver must be back. */
const settleMs = 60_000
const moby = join(import.meta.dirname, '../../node_modules/.bin/moby')

const agent = new Agent({ keepAlive: true })
/** Of its own, so that what hangs holds none of the connections that are measured. */
const others = new Agent({ keepAlive: true })

interface Ask {
  readonly method?: string
  readonly body?: string
  readonly by?: Agent
}

interface Answer {
  readonly status: number | undefined
  /** Milliseconds until it was there as a whole. */
  readonly ms: number
}

async function ask(socketPath: string, path: string, { method = 'GET', body, by = agent }: Ask = {}): Promise<Answer> {
  const began = performance.now()
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const call = request({ agent: by, socketPath, method, path, headers: { host: 'docker', ...headers } }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode))
    })
    call.on('error', reject)
    call.end(body)
  })
  return { status, ms: performance.now() - began }
}

/**
 * Waits until the driver runs and answers at once, and nothing of the turn before is left. Its budget of starts is new
 * then, so that it comes back in each turn as often as its faults end it.
 */
async function settle(): Promise<void> {
  const until = performance.now() + settleMs
  for (let quick = 0; quick < 10;) {
    if (performance.now() > until) throw new Error(`the driver was not there ${settleMs / 1_000} s after a turn`)
    const { status, ms } = await ask(engine.socket, `/volumes/${sound}`, { by: others })
    quick = status === 200 && ms < 200 ? quick + 1 : 0
    if (status !== 200) await execa(moby, ['retry', 'faulty', '--data-root', engine.dataRoot], { reject: false })
    await sleep(50)
  }
}

/** What the list of containers took, in milliseconds, while somebody asks for these volumes all the time. */
async function turn(volumes: readonly string[]): Promise<number[]> {
  await settle()
  const times: number[] = []
  const asked: Promise<unknown>[] = []
  const end = performance.now() + secondsPerTurn * 1_000
  for (let count = 0; performance.now() < end; count++) {
    asked.push(ask(engine.socket, '/containers/json?all=1').then(({ ms }) => times.push(ms)))
    if (count % 10 === 0) {
      const name = volumes[(count / 10) % volumes.length] ?? ''
      // What hangs is left to hang: nobody waits for these answers.
      void ask(engine.socket, `/volumes/${name}`, { by: others }).catch(() => undefined)
    }
    await sleep(1_000 / perSecond)
  }
  await Promise.all(asked)
  return times
}

/** The value below which that share of them is. */
const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length * share)] ?? Number.NaN

const assembly = await ConfiguredAssembly.extended(async (folder) => {
  await putMisbehaving(join(folder, 'faulty'), false)
  return '  faulty: { use: testing/misbehaving, from: "folder:./faulty", mode: process, required: false }\n'
})
const engine = await EngineProcess.start({ assembly: assembly.file })
let leftovers = ''
/** The samples of each pair of turns. */
const [healthy, faulty]: [number[][], number[][]] = [[], []]
try {
  await engine.loadBusybox()
  for (let index = 0; index < 20; index++) await engine.docker(['create', '--name', `c${index}`, 'busybox', 'true'])
  for (const name of [sound, ...faults]) {
    const body = JSON.stringify({ Name: name, Driver: 'faulty' })
    void ask(engine.socket, '/volumes/create', { method: 'POST', body, by: others }).catch(() => undefined)
  }
  await sleep(1_000)
  await turn([sound])
  for (let count = 0; count < pairs; count++) {
    if (count % 2 === 0) healthy.push(await turn([sound]))
    faulty.push(await turn(faults))
    if (count % 2 === 1) healthy.push(await turn([sound]))
  }
} finally {
  for (const each of [agent, others]) each.destroy()
  const left = await engine.destroy()
  await assembly.remove()
  leftovers = JSON.stringify(left) === JSON.stringify(nothingLeft) ? '' : JSON.stringify(left)
}
if (leftovers !== '') console.log(`left behind: ${leftovers}`)
const p99 = (samples: readonly number[]) => quantile(samples, 0.99)
const ratios = faulty.map((samples, index) => p99(samples) / p99(healthy[index] ?? []))
const [ofPairs, ofAll] = [quantile(ratios, 0.5), p99(faulty.flat()) / p99(healthy.flat())]
const tell = (values: readonly number[], digits: number) => values.map((each) => each.toFixed(digits)).join(', ')
for (const [name, turns] of Object.entries({ healthy, 'with a driver that misbehaves': faulty })) {
  console.log(
    `p99 of docker ps, ms: ${name} ${tell(turns.map(p99), 1)}; over all of them ${p99(turns.flat()).toFixed(1)}`,
  )
}
console.log(`ratios of the pairs: ${tell(ratios, 2)}`)
console.log(`their median: ${ofPairs.toFixed(2)}, over all of them: ${ofAll.toFixed(2)}, each at most ${limit}`)
process.exitCode = Math.max(ofPairs, ofAll) <= limit && leftovers === '' ? 0 : 1
