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
    const answer = await askOrNothing(session, credentials, request, signal)
    if (answer === undefined) return known
    const { username, secret: word } = CredentialsResponse.decode(answer)
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
    const answer = await askOrNothing(session, secret, GetSecretRequest.encode({ id }), signal)
    if (answer !== undefined) found[id] = GetSecretResponse.decode(answer).data
  }
  return found
}

/** Undefined where the client does not have it, or does not serve such calls. */
async function askOrNothing(
  session: ClientSession,
  path: string,
  message: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    return await session.ask(path, message, signal)
  } catch (error) {
    const isNothing = (code: number) => code === grpcCodes.notFound || code === grpcCodes.unimplemented
    if (error instanceof GrpcFailure && isNothing(error.code)) return undefined
    throw error
  }
}
