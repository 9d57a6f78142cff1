import { codedError, type ContainerSpec } from '@moby/contracts'

const names = new Set([
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
  'as',
])
/** RLIM_INFINITY does not fit a JSON number; the largest integer that does is as good as no limit. */
const unlimited = Number.MAX_SAFE_INTEGER

/** `--ulimit` as the runtime specification writes it; -1 is unlimited. Fails with CONTAINER_SPEC_INVALID. */
export function toRlimits(ulimits: ContainerSpec['ulimits']): { type: string; soft: number; hard: number }[] {
  return (ulimits ?? []).map(({ name, soft, hard }) => {
    if (!names.has(name)) throw codedError('CONTAINER_SPEC_INVALID', `invalid ulimit type: ${name}`)
    if (hard !== -1 && (soft === -1 || soft > hard)) {
      throw codedError(
        'CONTAINER_SPEC_INVALID',
        `ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`,
      )
    }
    return {
      type: `RLIMIT_${name.toUpperCase()}`,
      soft: soft === -1 ? unlimited : soft,
      hard: hard === -1 ? unlimited : hard,
    }
  })
}
