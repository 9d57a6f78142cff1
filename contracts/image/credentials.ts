import { Type, type Static } from 'typebox'
import { Closed, Maybe } from '../component/schemas.ts'

/**
 * Who asks a registry: name and password, or a token. All absent: anybody. They are sent to the registry that they
 * are for, and to the token service that it may name, to no other host.
 */
export const RegistryCredentials = Closed({
  username: Maybe(Type.String()),
  password: Maybe(Type.String()),
  identityToken: Maybe(Type.String({ description: 'A refresh token, exchanged at the token service' })),
  registryToken: Maybe(Type.String({ description: 'A bearer token, sent as it is' })),
})
export type RegistryCredentials = Static<typeof RegistryCredentials>
