import { logDriver, networkDriver, networkIpam, type Implementation } from '@moby/contracts'
import type { ContainerContext } from '../containers/container-context.ts'
import { logOf } from '../containers/open-output.ts'
import type { NetworkContext } from '../networks/network-context.ts'
import { restoreDriver } from '../networks/restore-networks.ts'
import type { IpamJournal } from './ipam-journal.ts'

export interface RemindParts {
  readonly containers: ContainerContext
  readonly networks: NetworkContext
  readonly journal: IpamJournal
}

/**
 * Tells a driver that is about to take over what the last life of it held in memory alone: networks, addresses that were
 * given, logs that are written. Nobody else reaches it before that is done.
 */
export async function remindDriver(
  { containers, networks, journal }: RemindParts,
  contract: string,
  driver: string,
  implementation: unknown,
): Promise<void> {
  if (contract === networkIpam.id) {
    await journal.replay(driver, implementation as Implementation<typeof networkIpam>)
  }
  if (contract === networkDriver.id) {
    networks.facts.forget(driver)
    await restoreDriver(networks, driver, implementation as Implementation<typeof networkDriver>)
  }
  if (contract === logDriver.id) {
    await openLogs(containers, driver, implementation as Implementation<typeof logDriver>)
  }
}

/** Without an open log a reader that follows it would take it for closed. */
async function openLogs(
  { lives, store, log }: ContainerContext,
  driver: string,
  implementation: Implementation<typeof logDriver>,
): Promise<void> {
  for (const [id, live] of lives.all()) {
    const record = store.get(id)
    if (live.output === undefined || record?.drivers.log !== driver) continue
    const { logId, info } = logOf(record)
    await implementation.open({ log: logId, info }).catch((error: unknown) => {
      log.warn('a log was not opened again', { container: id, error: String(error) })
    })
  }
}
