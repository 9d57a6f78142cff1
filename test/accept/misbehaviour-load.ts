import { Agent, request } from 'node:http'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfiguredAssembly } from '../e2e/configured-assembly.ts'
import { EngineProcess } from '../e2e/engine-process.ts'
import { nothingLeft } from '../e2e/footprint.ts'
import { putMisbehaving } from '../fixtures/misbehaving-folder.ts'

/**
 * Whether an engine answers `docker ps` as fast while a driver misbehaves as while it behaves: the 99th percentile of
 * `GET /containers/json` in turns of both, in one run. Prints the figures; fails when the ratio is above the limit.
 */
const limit = 1.5
const turns = 5
const secondsPerTurn = 5
const perSecond = 100

/** Faults by the name of a volume (test/fixtures/misbehaving): a call that takes each of them in turn. */
const faults = ['hang', 'html', 'endless', 'slow', 'deep', 'cut', 'twice', 'other-id', 'huge', 'missing', 'exit']

const agent = new Agent({ keepAlive: true })
/** Of its own, so that what hangs holds none of the connections that are measured. */
const others = new Agent({ keepAlive: true })

interface Ask {
  readonly method?: string
  readonly body?: string
  readonly by?: Agent
}

/** Milliseconds that an answer took, whatever it was. */
async function ask(socketPath: string, path: string, { method = 'GET', body, by = agent }: Ask = {}): Promise<number> {
  const began = performance.now()
  await new Promise<void>((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const call = request({ agent: by, socketPath, method, path, headers: { host: 'docker', ...headers } }, (answer) => {
      answer.resume().once('end', () => resolve())
    })
    call.on('error', reject)
    call.end(body)
  })
  return performance.now() - began
}

/** The 99th percentile of the list of containers while somebody asks for these volumes all the time. */
async function turn(socketPath: string, volumes: readonly string[]): Promise<number> {
  const times: number[] = []
  const asked: Promise<unknown>[] = []
  const end = performance.now() + secondsPerTurn * 1_000
  for (let count = 0; performance.now() < end; count++) {
    asked.push(ask(socketPath, '/containers/json?all=1').then((ms) => times.push(ms)))
    if (count % 10 === 0) {
      const name = volumes[(count / 10) % volumes.length] ?? ''
      // What hangs is left to hang: nobody waits for these answers.
      void ask(socketPath, `/volumes/${name}`, { by: others }).catch(() => undefined)
    }
    await sleep(1_000 / perSecond)
  }
  await Promise.all(asked)
  return times.toSorted((left, right) => left - right)[Math.floor(times.length * 0.99)] ?? Number.NaN
}

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN

const assembly = await ConfiguredAssembly.extended(async (folder) => {
  await putMisbehaving(join(folder, 'faulty'), false)
  return '  faulty: { use: testing/misbehaving, from: "folder:./faulty", mode: process, required: false }\n'
})
const engine = await EngineProcess.start({ assembly: assembly.file })
let leftovers = ''
const [healthy, faulty]: [number[], number[]] = [[], []]
try {
  await engine.loadBusybox()
  for (let index = 0; index < 20; index++) await engine.docker(['create', '--name', `c${index}`, 'busybox', 'true'])
  for (const name of ['sound', ...faults]) {
    const body = JSON.stringify({ Name: name, Driver: 'faulty' })
    void ask(engine.socket, '/volumes/create', { method: 'POST', body, by: others }).catch(() => undefined)
  }
  await sleep(1_000)
  await turn(engine.socket, ['sound'])
  for (let count = 0; count < turns; count++) {
    healthy.push(await turn(engine.socket, ['sound']))
    faulty.push(await turn(engine.socket, faults))
  }
} finally {
  for (const each of [agent, others]) each.destroy()
  const left = await engine.destroy()
  await assembly.remove()
  leftovers = JSON.stringify(left) === JSON.stringify(nothingLeft) ? '' : JSON.stringify(left)
}
if (leftovers !== '') console.log(`left behind: ${leftovers}`)
const ratio = median(faulty) / median(healthy)
const tell = (values: readonly number[]) => values.map((each) => each.toFixed(1)).join(', ')
console.log(`p99 of docker ps, ms: healthy ${tell(healthy)}; with a driver that misbehaves ${tell(faulty)}`)
console.log(`ratio of the medians: ${ratio.toFixed(2)}, at most ${limit}`)
process.exitCode = ratio <= limit && leftovers === '' ? 0 : 1
