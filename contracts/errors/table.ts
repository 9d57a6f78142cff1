import { apiErrors } from './api.ts'
import { archiveErrors } from './archive.ts'
import { assemblyErrors } from './assembly.ts'
import { authErrors } from './auth.ts'
import { buildErrors } from './build.ts'
import { daemonFileErrors } from './daemon-file.ts'
import { dockerPluginErrors } from './docker-plugin.ts'
import { engineErrors } from './engine.ts'
import { hostErrors } from './host.ts'
import { kernelErrors } from './kernel.ts'
import type { ErrorEntry, ErrorKind } from './kinds.ts'
import { launchErrors } from './launch.ts'
import { logErrors } from './log.ts'
import { networkErrors } from './network.ts'
import { registryErrors } from './registry.ts'
import { rpcErrors } from './rpc.ts'
import { runtimeErrors } from './runtime.ts'
import { stateErrors } from './state.ts'
import { storageErrors } from './storage.ts'
import { wireErrors } from './wire.ts'

export type { ErrorEntry, ErrorKind } from './kinds.ts'

/** The codes of each area, with what they mean. */
export const errorAreas = {
  assembly: assemblyErrors,
  kernel: kernelErrors,
  wire: wireErrors,
  state: stateErrors,
  host: hostErrors,
  archive: archiveErrors,
  storage: storageErrors,
  network: networkErrors,
  log: logErrors,
  auth: authErrors,
  rpc: rpcErrors,
  runtime: runtimeErrors,
  launch: launchErrors,
  engine: engineErrors,
  registry: registryErrors,
  build: buildErrors,
  'docker-plugin': dockerPluginErrors,
  'daemon-file': daemonFileErrors,
  api: apiErrors,
} as const

/** Every code that a part of this project raises. */
export const errorTable = {
  ...assemblyErrors,
  ...kernelErrors,
  ...wireErrors,
  ...stateErrors,
  ...hostErrors,
  ...archiveErrors,
  ...storageErrors,
  ...networkErrors,
  ...logErrors,
  ...authErrors,
  ...rpcErrors,
  ...runtimeErrors,
  ...launchErrors,
  ...engineErrors,
  ...registryErrors,
  ...buildErrors,
  ...dockerPluginErrors,
  ...daemonFileErrors,
  ...apiErrors,
} as const

export type ErrorCode = keyof typeof errorTable

/** The kind of a code of the table, undefined for a code from elsewhere. */
export function kindOfCode(code: string): ErrorKind | undefined {
  return (errorTable as Record<string, ErrorEntry>)[code]?.kind
}
