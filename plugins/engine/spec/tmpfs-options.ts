import { codedError, type MountSpec } from '@moby/contracts'

/** Options of mount(2) that contradict each other: of each line the last one given counts. */
const flags: readonly (readonly string[])[] = [
  ['ro', 'rw'],
  ['suid', 'nosuid'],
  ['dev', 'nodev'],
  ['exec', 'noexec'],
  ['sync', 'async'],
  ['dirsync'],
  ['remount'],
  ['mand', 'nomand'],
  ['atime', 'noatime'],
  ['diratime', 'nodiratime'],
  ['relatime', 'norelatime'],
  ['strictatime', 'nostrictatime'],
  ['bind', 'rbind', 'unbindable', 'runbindable', 'private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'],
]
/** Options of tmpfs(5) with a value. */
const values = new Set(['', 'size', 'mode', 'uid', 'gid', 'nr_inodes', 'nr_blocks', 'mpol'])

/**
 * Docker's defaults for a tmpfs, then what the user says, which wins where it contradicts. Fails with
 * CONTAINER_START_FAILED for an option that is none, in Docker's words and at its moment.
 */
export function tmpfsOptions(spec: MountSpec): string[] {
  const given = [
    'noexec',
    'nosuid',
    'nodev',
    'rprivate',
    ...(spec.readOnly === true ? ['ro'] : []),
    ...(spec.tmpfsMode ? [`mode=${spec.tmpfsMode.toString(8)}`] : []),
    ...(spec.tmpfsSizeBytes ? [`size=${spec.tmpfsSizeBytes}`] : []),
    ...(spec.tmpfsOptions ? spec.tmpfsOptions.split(',') : []),
  ]
  const kept = new Map<string, string>()
  for (const option of given) {
    if (option === 'defaults') continue
    const key = keyOf(option)
    // Taken out first, so that it stands where it was given last.
    kept.delete(key)
    kept.set(key, option)
  }
  return [...kept.values()]
}

function keyOf(option: string): string {
  const line = flags.find((words) => words.includes(option))
  if (line !== undefined) return line.join('|')
  const at = option.indexOf('=')
  const name = option.slice(0, at)
  if (at >= 0 && values.has(name)) return `${name}=`
  throw codedError('CONTAINER_START_FAILED', `invalid tmpfs option ${JSON.stringify(at < 0 ? option : name)}`, {
    hint: 'See mount(8) and tmpfs(5) for the options that there are.',
  })
}
