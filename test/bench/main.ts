import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { DockerdPeer } from '../peers/dockerd.ts'
import { docker, loadBusybox, memoryOf, startDockerd, startMoby, type Contender } from './contenders.ts'
import { summarize, takeTurns, timed, type Figures } from './measure.ts'
import { RawRuntime } from './raw-runtime.ts'
import { requestRate } from './request-rate.ts'
import { formatTable, type Row } from './table.ts'

const runs = Number(process.env['MOBY_BENCH_RUNS'] ?? 15)
const rows: Row[] = []

/** Adds a row from contenders that take turns. */
async function compare(
  title: string,
  unit: Row['unit'],
  work: ReadonlyMap<string, () => Promise<number>>,
  times = runs,
): Promise<void> {
  const figures: Record<string, Figures> = Object.fromEntries(await takeTurns(work, times))
  rows.push({ title, unit, figures })
  console.log(formatTable(rows.slice(-1)))
}

async function bootTimes(starts: ReadonlyMap<string, () => Promise<Contender>>): Promise<void> {
  const work = new Map(
    [...starts].map(([name, start]): [string, () => Promise<number>] => [
      name,
      async () => {
        let contender: Contender | undefined
        const milliseconds = await timed(async () => {
          contender = await start()
        })
        await contender?.stop()
        return milliseconds
      },
    ]),
  )
  await compare('boot to first ping, empty data root', 'ms', work, 5)
}

async function containerRuns(contenders: readonly Contender[]): Promise<void> {
  const raw = await RawRuntime.make()
  try {
    for (const network of ['bridge', 'none']) {
      const work = new Map(
        contenders.map((each): [string, () => Promise<number>] => [
          each.name,
          () => timed(() => docker(each, ['run', '--rm', '--network', network, 'busybox', 'true'])),
        ]),
      )
      if (network === 'none') work.set('raw runc', () => timed(() => raw.run()))
      await compare(`docker run --rm --network ${network} busybox true`, 'ms', work)
    }
  } finally {
    await raw.remove()
  }
}

async function execs(contenders: readonly Contender[]): Promise<void> {
  for (const each of contenders) await docker(each, ['run', '-d', '--name', 'sleeper', 'busybox', 'sleep', '10000'])
  const work = new Map(
    contenders.map((each): [string, () => Promise<number>] => [
      each.name,
      () => timed(() => docker(each, ['exec', 'sleeper', 'true'])),
    ]),
  )
  await compare('docker exec true', 'ms', work)
  for (const each of contenders) await docker(each, ['rm', '-f', 'sleeper'])
}

async function requestRates(contenders: readonly Contender[]): Promise<void> {
  for (const each of contenders) {
    for (let index = 0; index < 100; index += 1)
      await docker(each, ['create', '--name', `many-${index}`, 'busybox', 'true'])
  }
  for (const [title, path] of [
    ['ping', '/_ping'],
    ['list of 100 containers', '/v1.47/containers/json?all=1'],
  ] as const) {
    const work = new Map(
      contenders.map((each): [string, () => Promise<number>] => [each.name, () => requestRate(each.socket, path)]),
    )
    await compare(title, 'requests/s', work, 3)
  }
}

async function memory(contenders: readonly Contender[]): Promise<void> {
  const figures: Record<string, Figures> = {}
  for (const each of contenders) figures[each.name] = summarize([await memoryOf(each.pid)])
  rows.push({ title: 'memory, idle, 100 containers created', unit: 'MiB', figures })
  console.log(formatTable(rows.slice(-1)))
}

const starts = new Map<string, () => Promise<Contender>>([['moby', startMoby]])
if (DockerdPeer.present) starts.set('dockerd', startDockerd)
else console.log('dockerd is not here: run test/peers/make-dockerd FOLDER and set MOBY_PEER_DOCKERD to compare with it')

await bootTimes(starts)
const contenders: Contender[] = []
try {
  for (const start of starts.values()) contenders.push(await start())
  for (const each of contenders) await loadBusybox(each)
  await containerRuns(contenders)
  await execs(contenders)
  await requestRates(contenders)
  await memory(contenders)
} finally {
  for (const each of contenders) await each.stop()
}
const { stdout: commit } = await execa('git', ['rev-parse', 'HEAD'], { reject: false })
const folder = join(import.meta.dirname, '../../.cache')
await mkdir(folder, { recursive: true })
const file = join(folder, 'bench.json')
await writeFile(
  file,
  `${JSON.stringify({ commit, date: new Date().toISOString(), cores: cpus().length, rows }, null, 2)}\n`,
)
console.log(`\n${formatTable(rows)}\n\nwritten to ${file}`)
