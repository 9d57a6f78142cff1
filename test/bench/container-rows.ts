import { DockerdPeer } from '../peers/dockerd.ts'
import { docker, loadBusybox, memoryOf, startDockerd, startMoby, type Contender } from './contenders.ts'
import { timed } from './measure.ts'
import { RawRuntime } from './raw-runtime.ts'
import { requestRate } from './request-rate.ts'
import type { Table } from './table.ts'

const runs = Number(process.env['MOBY_BENCH_RUNS'] ?? 15)

/** Boot, containers, exec, requests, and memory at rest. */
export async function containerRows(table: Table): Promise<void> {
  const starts = new Map<string, () => Promise<Contender>>([['moby', startMoby]])
  if (DockerdPeer.present) starts.set('dockerd', startDockerd)
  await bootTimes(table, starts)
  const contenders: Contender[] = []
  try {
    for (const start of starts.values()) contenders.push(await start())
    for (const each of contenders) await loadBusybox(each)
    await containerRuns(table, contenders)
    await execs(table, contenders)
    await requestRates(table, contenders)
    const memory: Record<string, number> = {}
    for (const each of contenders) memory[each.name] = await memoryOf(each.pid)
    table.note('memory, idle, 100 containers created', 'MiB', memory)
    await listing(table, contenders)
  } finally {
    for (const each of contenders) await each.stop()
  }
}

async function bootTimes(table: Table, starts: ReadonlyMap<string, () => Promise<Contender>>): Promise<void> {
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
  await table.compare('boot to first ping, empty data root', 'ms', work, 5)
}

async function containerRuns(table: Table, contenders: readonly Contender[]): Promise<void> {
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
      await table.compare(`docker run --rm --network ${network} busybox true`, 'ms', work, runs)
    }
  } finally {
    await raw.remove()
  }
}

async function execs(table: Table, contenders: readonly Contender[]): Promise<void> {
  for (const each of contenders) await docker(each, ['run', '-d', '--name', 'sleeper', 'busybox', 'sleep', '10000'])
  const work = new Map(
    contenders.map((each): [string, () => Promise<number>] => [
      each.name,
      () => timed(() => docker(each, ['exec', 'sleeper', 'true'])),
    ]),
  )
  await table.compare('docker exec true', 'ms', work, runs)
  for (const each of contenders) await docker(each, ['rm', '-f', 'sleeper'])
}

async function requestRates(table: Table, contenders: readonly Contender[]): Promise<void> {
  for (const each of contenders) await createUpTo(each, 100)
  for (const [title, path] of [
    ['ping', '/_ping'],
    ['list of 100 containers', '/v1.47/containers/json?all=1'],
  ] as const) {
    const work = new Map(
      contenders.map((each): [string, () => Promise<number>] => [each.name, () => requestRate(each.socket, path)]),
    )
    await table.compare(title, 'requests/s', work, 3)
  }
}

/** The docker CLI with three hundred containers; the hundred before are among them. */
async function listing(table: Table, contenders: readonly Contender[]): Promise<void> {
  for (const each of contenders) await createUpTo(each, 300)
  for (const args of [
    ['ps', '-a'],
    ['ps', '-aq', '--filter', 'label=number=299'],
  ]) {
    const work = new Map(
      contenders.map((each): [string, () => Promise<number>] => [each.name, () => timed(() => docker(each, args))]),
    )
    await table.compare(`docker ${args.join(' ')}, 300 containers`, 'ms', work, runs)
  }
}

/** Containers `many-0` and so on, each with its number as a label; those that are there stay. */
async function createUpTo(contender: Contender, count: number): Promise<void> {
  const there = (await docker(contender, ['ps', '-aq'])).split('\n').filter((line) => line !== '').length
  for (let index = there; index < count; index += 1)
    await docker(contender, ['create', '--name', `many-${index}`, '--label', `number=${index}`, 'busybox', 'true'])
}
