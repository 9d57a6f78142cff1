import { once } from 'node:events'
import { request } from 'node:http'
import { connect, performServerHandshake, type ClientHttp2Session, type ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'

/** Takes a connection over from HTTP/1.1, as buildx does. Fails with the answer where the engine refuses. */
async function upgrade(socketPath: string, path: string, headers: Readonly<Record<string, string>>): Promise<Socket> {
  const asked = request({
    socketPath,
    method: 'POST',
    path,
    headers: { ...headers, connection: 'Upgrade', upgrade: 'h2c' },
  })
  asked.end()
  return await new Promise((resolve, reject) => {
    asked.once('error', reject)
    asked.once('response', (response) => {
      response.resume()
      reject(new Error(`${path} answered ${response.statusCode}`))
    })
    asked.once('upgrade', (_response, socket: Socket, head) => {
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
  })
}

/** `POST /grpc`: the services of the daemon. */
export async function openControl(socketPath: string): Promise<ClientHttp2Session> {
  const socket = await upgrade(socketPath, '/grpc', {})
  const session = connect('http://engine', { createConnection: () => socket })
  session.on('error', () => undefined)
  await once(session, 'connect')
  return session
}

/** `POST /session`: what the client serves. */
export async function openSession(
  socketPath: string,
  headers: Readonly<Record<string, string>>,
): Promise<ServerHttp2Session> {
  const session = performServerHandshake(await upgrade(socketPath, '/session', headers))
  session.on('error', () => undefined)
  // A session that is destroyed in the turn in which it began throws, in Node 24, where nobody catches.
  await setImmediate()
  return session
}
