import type { authAuthenticate, Evidence, Implementation, Principal } from '@moby/contracts'
import { peerCredentials } from '@moby/lib-linux'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** Tells who is behind a connection. Fails with AUTH_NOT_AUTHENTICATED. */
export type Identify = (socket: Socket) => Promise<Principal>

/** Authenticates each connection once, by the credentials that the kernel tells of its peer. */
export function identifyPeers(authenticate: Implementation<typeof authAuthenticate>): Identify {
  return onceForEach(authenticate, (socket) => {
    const descriptor = descriptorOf(socket)
    const peer = descriptor === undefined ? undefined : peerCredentials(descriptor)
    return { transport: 'unix', ...(peer === undefined ? {} : { peer }) }
  })
}

/** Authenticates each connection once, by the certificate of its peer, which one of the authorities has signed. */
export function identifyByCertificate(authenticate: Implementation<typeof authAuthenticate>): Identify {
  return onceForEach(authenticate, (socket) => ({ transport: 'tls', ...certificatesOf(socket) }))
}

/** The certificate of a peer, if it showed one that one of the authorities has signed; nothing on other connections. */
export function certificatesOf(socket: Socket): { certificates?: string[] } {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return {}
  const certificate = socket.getPeerX509Certificate()
  return certificate === undefined ? {} : { certificates: [certificate.toString()] }
}

/** For a socket that the configuration has opened to everybody: there is nothing to know of who calls. */
export const identifyAnonymous: Identify = async () => ({ name: 'anonymous', method: 'none', groups: [] })

function onceForEach(
  authenticate: Implementation<typeof authAuthenticate>,
  evidenceOf: (socket: Socket) => Evidence,
): Identify {
  const known = new WeakMap<Socket, Promise<Principal>>()
  return async (socket) => {
    let principal = known.get(socket)
    if (principal === undefined) {
      principal = authenticate.authenticate({ evidence: evidenceOf(socket) }).then((answer) => answer.principal)
      known.set(socket, principal)
    }
    return await principal
  }
}

/** Node has no public way to the descriptor of a socket; this one has been the same since its beginning. */
function descriptorOf(socket: Socket): number | undefined {
  const { fd } = (socket as unknown as { _handle?: { fd?: number } })._handle ?? {}
  return fd !== undefined && fd >= 0 ? fd : undefined
}
