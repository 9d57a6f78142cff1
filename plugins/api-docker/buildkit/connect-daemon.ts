import { codedError } from '@moby/contracts'
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2'
import { connect } from 'node:net'
import { connectionWindow, http2Settings } from './http2-settings.ts'

/** Milliseconds until a daemon must have taken the connection and greeted. */
const patience = 10_000

/**
 * A connection of its own to the BuildKit daemon at this path of a Unix socket. Fails with BUILDKIT_UNAVAILABLE when
 * nobody listens, or somebody who does not speak HTTP/2.
 */
export async function connectDaemon(path: string): Promise<ClientHttp2Session> {
  const socket = connect({ path })
  const session = connectHttp2('http://buildkit', { ...http2Settings, createConnection: () => socket })
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer in ${patience / 1000} seconds`)), patience)
      const settle = (act: () => void) => () => {
        clearTimeout(timer)
        act()
      }
      socket.once('error', (error) => settle(() => reject(error))())
      session.once('error', (error) => settle(() => reject(error))())
      session.once(
        'close',
        settle(() => reject(new Error('it closes the connection'))),
      )
      session.once('remoteSettings', settle(resolve))
    })
  } catch (error) {
    session.destroy()
    socket.destroy()
    throw unavailable(path, error)
  }
  session.on('error', () => undefined)
  session.setLocalWindowSize(connectionWindow)
  return session
}

function unavailable(path: string, cause: unknown) {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return codedError('BUILDKIT_UNAVAILABLE', `The BuildKit daemon at unix://${path} cannot be reached: ${reason}.`, {
    hint: 'Start buildkitd, or correct `buildkit` in the configuration of api-docker; `DOCKER_BUILDKIT=0 docker build` builds without it.',
    cause,
  })
}
