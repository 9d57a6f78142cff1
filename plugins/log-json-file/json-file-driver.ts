import type { Logger } from '@moby/contracts'
import { LogFilesDriver } from '@moby/lib-log-files'
import { checkTag, lineAttributes } from './attributes.ts'
import { jsonLines } from './json-lines.ts'
import { LineEncoder } from './line-encoder.ts'
import { readOptions, type LogDefaults } from './options.ts'

/** `log.driver` in the files of dockerd's json-file driver. `defaults` is asked at each opening. */
export function jsonFileDriver({
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
    format: jsonLines,
    tellsPath: true,
    check: (options) => checkTag(readOptions(options, defaults()).tag),
    writingOf: (info) => {
      const options = readOptions(info.options, defaults())
      const attributes = lineAttributes(options, info)
      return {
        rotation: options,
        encoder: new LineEncoder(attributes === undefined ? '' : JSON.stringify(attributes)),
      }
    },
    log,
  })
}
