import { authAuthenticate, codedError, implement, type Implementation, type Logger } from '@moby/contracts'
import { Accounts } from './accounts.ts'
import { certifiedPrincipal } from './certified-principal.ts'

/**
 * `auth.authenticate` by the credentials that the kernel keeps for a Unix socket, and by certificates that the front-end
 * has verified. Who may connect at
 * all is up to the permissions of the socket: root and the members of one group.
 */
export function socketAuthentication(options: {
  readonly group: string
  readonly log: Logger
  readonly accounts?: Accounts
}): Implementation<typeof authAuthenticate> {
  const { group, log, accounts = new Accounts() } = options
  return implement(authAuthenticate, {
    socket: async () => {
      const gid = await accounts.groupId(group)
      if (gid !== undefined) return { mode: 0o660, gid }
      log.warn(`The group ${group} does not exist: only root may connect to the socket.`, { group })
      return { mode: 0o600, gid: 0 }
    },
    authenticate: async ({ evidence }) => {
      const { transport, peer, certificates } = evidence
      if (transport === 'tls') return { principal: certifiedPrincipal(certificates ?? []) }
      if (transport !== 'unix' || peer === undefined) {
        throw codedError('AUTH_NOT_AUTHENTICATED', `A ${transport} connection without peer credentials is nobody.`, {
          hint: 'Connect through the Unix socket, or add a component that authenticates this transport.',
        })
      }
      const { name, groups } = await accounts.account(peer.uid, peer.gid)
      return { principal: { name, method: 'peer-credentials', groups: [...groups] } }
    },
  })
}
