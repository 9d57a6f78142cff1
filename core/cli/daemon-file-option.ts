import { hasCode } from '@moby/contracts'
import { readDaemonFile } from '../daemon-json/daemon-file.ts'
import type { Translation } from '../daemon-json/translate.ts'
import { atSpan } from '../manifest/problems.ts'
import type { CommandLine } from './command-line.ts'

/** The options of `moby up` that stand in a `daemon.json` too, and under which keys. */
const shared: readonly { readonly option: string; readonly keys: readonly string[] }[] = [
  { option: 'data-root', keys: ['data-root'] },
  { option: 'host', keys: ['hosts'] },
  { option: 'log-level', keys: ['log-level', 'debug'] },
  { option: 'log-format', keys: ['log-format'] },
  { option: 'pidfile', keys: ['pidfile'] },
  { option: 'metrics-addr', keys: ['metrics-addr'] },
  { option: 'stop-containers', keys: ['live-restore'] },
]

/**
 * The file of --config-file, read and translated; undefined without the option. Nothing is read that was not asked for:
 * /etc/docker/daemon.json belongs to dockerd. Throws what is wrong with it, and DAEMON_KEY_CONFLICT.
 */
export async function daemonFileOf(line: CommandLine): Promise<Translation | undefined> {
  const path = line.value('config-file')
  if (path === undefined) return undefined
  const [{ refuseConflicts }, { translate }] = await Promise.all([
    import('../daemon-json/refuse-conflicts.ts'),
    import('../daemon-json/translate.ts'),
  ])
  const file = await readDaemonFile(path).catch((error: unknown) => {
    throw hasCode(error, 'DOCUMENT_MISSING') ? atSpan(error, line.spanOf(path)) : error
  })
  refuseConflicts(
    file,
    shared.map(({ option, keys }) => ({
      option,
      keys,
      given: line.flag(option) ? line.values(option).join(',') || 'true' : undefined,
    })),
  )
  return translate(file)
}
