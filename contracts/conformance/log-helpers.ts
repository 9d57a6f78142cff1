import type { Implementation, RequestOf } from '../component/contract.ts'
import type { logDriver } from '../log/index.ts'
import { collect, within } from './checks.ts'
import { plainRecords } from './log-samples.ts'

/** What can be told about a log driver. */
export interface LogFixtures {
  /** Present when the driver can read back what it wrote. */
  readonly readable?: true
  /** Present when it keeps bytes that are no UTF-8; a driver with a text format reads them back as U+FFFD. */
  readonly binary?: true
  /** Options with which the driver keeps only the newest part: about 30 KB. */
  readonly rotation?: Readonly<Record<string, string>>
}

type Driver = Implementation<typeof logDriver>

/** What a log holds; it has to end within ten seconds. */
export const read = (driver: Driver, log: string, how: Omit<RequestOf<typeof logDriver, 'read'>, 'log'> = {}) =>
  within(15_000, collect(driver.read({ log, ...how })), 'the end of the log').then((batches) =>
    plainRecords(batches.flat()),
  )
