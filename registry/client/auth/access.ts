import { createHash } from 'node:crypto'
import type { RegistryCredentials } from '@moby/contracts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import type { Target } from '../target.ts'

/** Who asks for what: the measure of a token. */
export interface Access {
  readonly target: Target
  readonly credentials: RegistryCredentials
  /** `repository:library/busybox:pull`, sorted; none for the registry as a whole. */
  readonly scopes: readonly string[]
}

const nobody: RegistryCredentials = {}

/** The credentials of an access at an endpoint: those of a registry do not go to its mirrors. */
export function credentialsAt(endpoint: Endpoint, access: Access): RegistryCredentials {
  return endpoint.isMirror ? nobody : access.credentials
}

export function hasSecret({ username, password, identityToken }: RegistryCredentials): boolean {
  return (username ?? '') !== '' || (password ?? '') !== '' || (identityToken ?? '') !== ''
}

/** Tells accounts apart without keeping what they are. */
export function accountKey(credentials: RegistryCredentials): string {
  const { username, password, identityToken, registryToken } = credentials
  return createHash('sha256')
    .update(JSON.stringify([username, password, identityToken, registryToken]))
    .digest('hex')
}

export function basicHeader({ username = '', password = '' }: RegistryCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** What a repository holds. Docker's token service lets people into those of plugins by another name of the type. */
export type RepositoryKind = 'image' | 'plugin'

export function pullScope(repository: string, kind: RepositoryKind = 'image'): string {
  return `${typeOf(kind)}:${repository}:pull`
}

export function pushScope(repository: string, kind: RepositoryKind = 'image'): string {
  return `${typeOf(kind)}:${repository}:pull,push`
}

function typeOf(kind: RepositoryKind): string {
  return kind === 'plugin' ? 'repository(plugin)' : 'repository'
}
