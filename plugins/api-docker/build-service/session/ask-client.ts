import type { RegistryCredentials } from '@moby/contracts'
import { GrpcFailure, grpcCodes } from '../../buildkit/grpc-failure.ts'
import {
  CredentialsRequest,
  CredentialsResponse,
  GetSecretRequest,
  GetSecretResponse,
} from '../messages/session-messages.ts'
import type { ClientSession } from './client-session.ts'

const credentials = '/moby.filesync.v1.Auth/Credentials'
const secret = '/moby.buildkit.secrets.v1.Secrets/GetSecret'

/** The name by which clients keep what belongs to Docker Hub. */
const hubHost = 'registry-1.docker.io'

/** What the client knows for each of these registries; those that it knows nothing for are absent. */
export async function askCredentials(
  session: ClientSession,
  hosts: readonly string[],
  signal: AbortSignal,
): Promise<Record<string, RegistryCredentials>> {
  const known: Record<string, RegistryCredentials> = {}
  if (!session.supports(credentials)) return known
  for (const host of hosts) {
    const request = CredentialsRequest.encode({ host: host === 'docker.io' ? hubHost : host })
    const { username, secret: word } = CredentialsResponse.decode(await session.ask(credentials, request, signal))
    if (word === '') continue
    known[host] = username === '' ? { identityToken: word } : { username, password: word }
  }
  return known
}

/** The secrets of these ids; those that the client has not are absent. */
export async function askSecrets(
  session: ClientSession,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Record<string, Uint8Array>> {
  const found: Record<string, Uint8Array> = {}
  if (!session.supports(secret)) return found
  for (const id of ids) {
    try {
      const answer = await session.ask(secret, GetSecretRequest.encode({ id }), signal)
      found[id] = GetSecretResponse.decode(answer).data
    } catch (error) {
      if (!(error instanceof GrpcFailure) || error.code !== grpcCodes.notFound) throw error
    }
  }
  return found
}
