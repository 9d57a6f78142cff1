import type { Logger } from '@moby/contracts'
import { LogFilesDriver } from '@moby/lib-log-files'
import { EntryEncoder } from './entry-encoder.ts'
import { entryFrames } from './entry-frames.ts'
import { readOptions, type LogDefaults } from './options.ts'

/**
 * `log.driver` in the files of dockerd's driver local. `defaults` is asked at each opening. Where the files are is not
 * told, as dockerd does not tell it: their form is nobody's to read.
 */
export function localDriver({
  folder,
  defaults,
  log,
}: {
  folder: string
  defaults: () => LogDefaults
  log: Logger
}): LogFilesDriver {
  return new LogFilesDriver({
    folder,
    format: entryFrames,
    tellsPath: false,
    check: (options) => void readOptions(options, defaults()),
    writingOf: ({ options }) => ({ rotation: readOptions(options, defaults()), encoder: new EntryEncoder() }),
    log,
  })
}
