import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { DockerdPeer } from '../peers/dockerd.ts'
import { RegistryPeer } from '../peers/registry.ts'
import { compressedMiB, makeBenchImages, putBenchImage } from './bench-images.ts'
import { startDockerd, startMoby, type Contender } from './contenders.ts'
import { imageTasks, type ImageTask } from './image-tasks.ts'
import { timed } from './measure.ts'
import { own, type Table } from './table.ts'
import { watchEngine } from './watch-engine.ts'

const runs = Number(process.env['MOBY_BENCH_IMAGE_RUNS'] ?? 3)

/** What is done with images, each with the memory that it takes and the time for which it holds the event loop. */
export async function imageRows(table: Table): Promise<void> {
  const { bulk, small } = await makeBenchImages()
  const folder = await mkdtemp(join(tmpdir(), 'moby-bench-'))
  const registry = await RegistryPeer.start()
  const contenders: Contender[] = []
  try {
    for (const image of [bulk, ...small]) await putBenchImage(image, registry.url)
    contenders.push(await startMoby())
    if (DockerdPeer.present) contenders.push(await startDockerd({ ownNetwork: false, bridge: false }))
    const tasks = imageTasks({
      bulk: `${registry.host}/bulk`,
      bulkWords: `1 GiB in 8 layers (${compressedMiB(bulk)} MiB over the wire)`,
      small: small.map(({ name }) => `${registry.host}/${name}`),
      archive: join(folder, 'bulk.tar'),
      contenders,
    })
    for (const task of tasks) await measureTask(table, task, contenders)
  } finally {
    for (const each of contenders) await each.stop()
    await registry.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measureTask(table: Table, task: ImageTask, contenders: readonly Contender[]): Promise<void> {
  const turn = async (contender: Contender): Promise<number> => {
    await prepare(task, contender)
    return (await timed(() => task.run(contender))) / (task.times ?? 1)
  }
  const work = new Map(contenders.map((each): [string, () => Promise<number>] => [each.name, () => turn(each)]))
  const { failures = {} } = await table.compare(task.title, 'ms', work, runs)
  const peaks: Record<string, number> = {}
  for (const contender of contenders.filter(({ name }) => !(name in failures))) {
    await prepare(task, contender)
    const { peakMiB, longestBlockMs } = await watchEngine(contender, () => task.run(contender))
    peaks[contender.name] = peakMiB
    if (longestBlockMs !== undefined)
      table.note(`${task.title}: longest block of the event loop`, 'ms', { [own]: longestBlockMs })
  }
  table.note(`${task.title}: resident memory at most`, 'MiB', peaks)
}

/** What the one before left to be written is on disk before the next begins. */
async function prepare(task: ImageTask, contender: Contender): Promise<void> {
  await task.prepare?.(contender)
  await execa('sync')
}
