import { fstatSync, readFileSync } from 'node:fs'
import { codedError } from '@moby/contracts'

/** The first descriptor that a service manager hands over, sd_listen_fds(3). */
const first = 3

/** A listening socket that this process was started with. */
export interface InheritedSocket {
  readonly descriptor: number
  /** False for one that others reach by the network. */
  readonly isUnix: boolean
}

/**
 * The sockets that the service manager has handed to this process (LISTEN_FDS). The variables are taken out of the
 * environment: they would mislead programs that the engine starts.
 */
export function takeInheritedSockets(environment: NodeJS.ProcessEnv, pid: number): readonly InheritedSocket[] {
  const { LISTEN_PID: owner, LISTEN_FDS: count } = environment
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete environment[name]
  if (owner !== String(pid) || count === undefined || !/^\d{1,4}$/.test(count)) return []
  const unixInodes = readUnixInodes()
  return Array.from({ length: Number(count) }, (_, index) => {
    const descriptor = first + index
    return { descriptor, isUnix: unixInodes.has(fstatSync(descriptor).ino) }
  })
}

/** Those that an address means. Fails with API_SOCKET_INVALID when there are none. */
export function chooseInherited(
  sockets: readonly InheritedSocket[],
  descriptor: number | undefined,
): readonly InheritedSocket[] {
  const chosen = sockets.filter((each) => descriptor === undefined || each.descriptor === descriptor)
  if (chosen.length > 0) return chosen
  const which = descriptor === undefined ? 'no socket was' : `the descriptor ${descriptor} was not`
  throw codedError('API_SOCKET_INVALID', `fd:// needs a socket of a service manager, and ${which} handed over`, {
    hint: 'Start the engine through its socket unit (moby systemd), or listen on unix://PATH.',
  })
}

/** Inodes of all Unix sockets in the network namespace of this process; the seventh column of /proc/net/unix. */
function readUnixInodes(): ReadonlySet<number> {
  const lines = readFileSync('/proc/net/unix', 'utf8').split('\n').slice(1)
  return new Set(lines.map((line) => Number(line.trim().split(/\s+/)[6])))
}
