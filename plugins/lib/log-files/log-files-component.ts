import { defineComponent, logDriver, type Logger } from '@moby/contracts'
import type { LogFilesDriver } from './log-files-driver.ts'

/** A kind of log files, as an assembly configures it. */
export interface LogFilesKind<Defaults> {
  /** Fails with LOG_OPTION_INVALID for what the configuration gives as options of every log. */
  readonly check: (defaults: Defaults) => void
  /** `defaults` is asked at each opening of a log. */
  readonly open: (parts: { folder: string; defaults: () => Defaults; log: Logger }) => LogFilesDriver
}

/** A component of `log.driver`, whose configuration holds for the logs that are opened after it has changed. */
export function logFilesComponent<Defaults>({ check, open }: LogFilesKind<Defaults>) {
  return defineComponent<Defaults>({
    async create({ config, folders, log }) {
      check(config)
      let defaults = config
      const driver = open({ folder: folders.data, defaults: () => defaults, log })
      return {
        provides: { [logDriver.id]: driver.api },
        // The kernel has held it against the same schema as the first.
        reconfigure: async (values) => {
          const next = values as Defaults
          check(next)
          return () => {
            defaults = next
          }
        },
        stop: () => driver.close(),
      }
    },
  })
}
