import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CallCostPeer } from '../peers/call-cost.ts'
import { bootMany } from './boot-many.ts'
import { DriverInMode } from './driver-in-mode.ts'
import { own, type Table } from './table.ts'

const calls = Number(process.env['MOBY_BENCH_CALLS'] ?? 2_000)
const runs = 7
const many = 200

const modes = ['module', 'process', 'container'] as const
const titles = { module: 'in-process', process: 'process', container: 'container' }

/** What a call of a driver costs in each run mode, and what an assembly of many components costs. */
export async function componentRows(table: Table): Promise<void> {
  await callCosts(table)
  await manyComponents(table)
}

async function callCosts(table: Table): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'moby-calls-'))
  const peers = new Map<string, CallCostPeer>()
  if (CallCostPeer.present) {
    peers.set('gRPC in Go', await CallCostPeer.start('grpc', folder))
    peers.set("Docker's plugin client", await CallCostPeer.start('plugin', folder))
  } else console.log('no peers for calls: run test/peers/make-call-cost FOLDER and set MOBY_PEER_DOCKERD')
  try {
    for (const mode of modes) {
      const driver = await DriverInMode.boot(mode, join(folder, mode))
      try {
        const work = new Map([[own, () => driver.measure(calls)]])
        // A call within a process has no peer that crosses a socket.
        if (mode !== 'module') for (const [name, peer] of peers) work.set(name, () => peer.measure(calls))
        await table.compare(`call of a driver, ${titles[mode]}`, 'µs', work, runs)
      } finally {
        await driver.stop()
      }
    }
  } finally {
    for (const peer of peers.values()) peer.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function manyComponents(table: Table): Promise<void> {
  const [one, all] = [await bootMany(1), await bootMany(many)]
  try {
    const work = (boot: typeof all) => new Map([[own, async () => (await boot.measure()).readyMs]])
    await table.compare('1 component booted from a lock', 'ms', work(one), 5)
    await table.compare(`${many} components booted from a lock`, 'ms', work(all), 5)
    table.note('memory of an engine of 1 component', 'MiB', { [own]: (await one.measure()).residentMiB })
    table.note(`memory of an engine of ${many} components`, 'MiB', { [own]: (await all.measure()).residentMiB })
  } finally {
    await one.remove()
    await all.remove()
  }
}
