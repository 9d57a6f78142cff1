import { codedError } from '@moby/contracts'
import { lstat, mkdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname } from 'node:path'

/** Bytes of a path in struct sockaddr_un, without its end. */
const longestPath = 107

/**
 * Makes way for a socket: its folder exists afterwards, and a socket left by a process that died is gone. Fails with
 * API_SOCKET_IN_USE when somebody listens there, and with API_SOCKET_INVALID when something else is in the way.
 */
export async function takeSocketPath(path: string): Promise<void> {
  if (Buffer.byteLength(path) > longestPath) {
    throw codedError('API_SOCKET_INVALID', `the path of the socket is longer than ${longestPath} bytes: ${path}`, {
      hint: 'Choose a shorter path with --host.',
    })
  }
  await mkdir(dirname(path), { recursive: true })
  const stats = await lstat(path).catch(() => undefined)
  if (stats === undefined) return
  if (!stats.isSocket()) {
    throw codedError('API_SOCKET_INVALID', `${path} exists and is no socket`, {
      hint: 'Move it away, or choose another path with --host.',
    })
  }
  if (await someoneListens(path)) {
    throw codedError('API_SOCKET_IN_USE', `another process listens on ${path}`, {
      hint: 'Stop it, or choose another path with --host.',
    })
  }
  await rm(path, { force: true })
}

async function someoneListens(path: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    // A full backlog means a listener too; only a refusal means that there is none.
    probe.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
    )
  })
}
