import type { authAuthenticate, Implementation, Principal } from '@moby/contracts'
import { peerCredentials } from '@moby/lib-linux'
import type { Socket } from 'node:net'

/** Tells who is behind a connection. Fails with AUTH_NOT_AUTHENTICATED. */
export type Identify = (socket: Socket) => Promise<Principal>

/** Authenticates each connection once, by the credentials that the kernel tells of its peer. */
export function identifyPeers(authenticate: Implementation<typeof authAuthenticate>): Identify {
  const known = new WeakMap<Socket, Promise<Principal>>()
  return async (socket) => {
    let principal = known.get(socket)
    if (principal === undefined) {
      principal = authenticatePeer(authenticate, socket)
      known.set(socket, principal)
    }
    return await principal
  }
}

async function authenticatePeer(
  authenticate: Implementation<typeof authAuthenticate>,
  socket: Socket,
): Promise<Principal> {
  const descriptor = descriptorOf(socket)
  const peer = descriptor === undefined ? undefined : peerCredentials(descriptor)
  const evidence = { transport: 'unix' as const, ...(peer === undefined ? {} : { peer }) }
  return (await authenticate.authenticate({ evidence })).principal
}

/** Node has no public way to the descriptor of a socket; this one has been the same since its beginning. */
function descriptorOf(socket: Socket): number | undefined {
  const { fd } = (socket as unknown as { _handle?: { fd?: number } })._handle ?? {}
  return fd !== undefined && fd >= 0 ? fd : undefined
}
