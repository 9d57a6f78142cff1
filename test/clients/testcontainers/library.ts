import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

/** What the journey uses of the package `testcontainers`, which `make-testcontainers` installs apart from this project. */
export interface Library {
  readonly GenericContainer: {
    new (image: string): Recipe
    fromDockerfile(folder: string, file?: string): Builder
  }
  readonly Network: new () => { start(): Promise<StartedNetwork> }
  readonly DockerComposeEnvironment: new (folder: string, file: string) => ComposeRecipe
  readonly Wait: {
    forListeningPorts(): Wait
    forLogMessage(message: string | RegExp, times?: number): Wait
    forHealthCheck(): Wait
    forOneShotStartup(): Wait
    forHttp(path: string, port: number): Wait
    forSuccessfulCommand(command: string): Wait
    forAll(waits: readonly Wait[]): Wait
  }
}

/** A strategy of waiting; nothing of it is called here. */
export interface Wait {
  withStartupTimeout(milliseconds: number): Wait
}

export interface Recipe {
  start(): Promise<Started>
  withCommand(words: readonly string[]): this
  withEntrypoint(words: readonly string[]): this
  withEnvironment(values: Readonly<Record<string, string>>): this
  withExposedPorts(...ports: readonly number[]): this
  withWaitStrategy(wait: Wait): this
  withStartupTimeout(milliseconds: number): this
  withHealthCheck(check: Readonly<Record<string, unknown>>): this
  withNetwork(network: StartedNetwork): this
  withNetworkAliases(...names: readonly string[]): this
  withBindMounts(mounts: readonly { source: string; target: string; mode?: string }[]): this
  withTmpFs(folders: Readonly<Record<string, string>>): this
  withReuse(): this
  withName(name: string): this
  withUser(user: string): this
  withHostname(name: string): this
  withWorkingDir(folder: string): this
  withLabels(labels: Readonly<Record<string, string>>): this
  withExtraHosts(hosts: readonly { host: string; ipAddress: string }[]): this
  withResourcesQuota(quota: { memory?: number; cpu?: number }): this
  withSharedMemorySize(bytes: number): this
  withUlimits(limits: Readonly<Record<string, { hard: number; soft: number }>>): this
  withAddedCapabilities(...names: readonly string[]): this
  withDroppedCapabilities(...names: readonly string[]): this
  withPrivilegedMode(): this
  withLogConsumer(take: (stream: Readable) => unknown): this
  withCopyContentToContainer(contents: readonly { content: string; target: string; mode?: number }[]): this
  withCopyFilesToContainer(files: readonly { source: string; target: string; mode?: number }[]): this
  withCopyDirectoriesToContainer(folders: readonly { source: string; target: string }[]): this
  withCopyArchivesToContainer(archives: readonly { tar: Readable; target: string }[]): this
}

export interface Builder {
  withBuildArgs(values: Readonly<Record<string, string>>): this
  withTarget(name: string): this
  withCache(cache: boolean): this
  build(name?: string, options?: { deleteOnExit: boolean }): Promise<Recipe>
}

export interface Execution {
  readonly exitCode: number
  readonly output: string
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  stop(options?: { timeout?: number; remove?: boolean; removeVolumes?: boolean }): Promise<Stopped>
  restart(options?: { timeout?: number }): Promise<void>
  commit(options: { repo: string; tag: string; deleteOnExit?: boolean; changes?: string[] }): Promise<string>
  exec(
    command: string | readonly string[],
    options?: { workingDir?: string; user?: string; env?: Readonly<Record<string, string>> },
  ): Promise<Execution>
  logs(options?: { since?: number; tail?: number }): Promise<Readable>
  getHost(): string
  getHostname(): string
  getMappedPort(port: number): number
  getId(): string
  getName(): string
  getLabels(): Readonly<Record<string, string>>
  getNetworkNames(): readonly string[]
  getIpAddress(network: string): string
  copyContentToContainer(contents: readonly { content: string; target: string }[]): Promise<void>
  copyDirectoriesToContainer(folders: readonly { source: string; target: string }[]): Promise<void>
  copyArchiveFromContainer(path: string): Promise<NodeJS.ReadableStream>
}

export interface Stopped {
  copyArchiveFromContainer(path: string): Promise<NodeJS.ReadableStream>
}

export interface StartedNetwork {
  getName(): string
  getId(): string
  stop(): Promise<unknown>
}

export interface ComposeRecipe {
  withProfiles(...names: readonly string[]): this
  withEnvironment(values: Readonly<Record<string, string>>): this
  withWaitStrategy(name: string, wait: Wait): this
  up(services?: readonly string[]): Promise<{ getContainer(name: string): Started; down(): Promise<unknown> }>
}

const folder = join(import.meta.dirname, '../../../.cache/testcontainers')

export function loadTestcontainers(): Library {
  return createRequire(join(folder, 'package.json'))('testcontainers') as Library
}
