import type { ComponentSource, TrustVerifier } from '@moby/contracts'
import type { AppliedSetting } from '../daemon-json/apply-daemon-file.ts'
import { readDaemonFile, type DaemonFile } from '../daemon-json/daemon-file.ts'
import type { Translation } from '../daemon-json/translate.ts'
import type { MemberFacts } from '../lifecycle/member.ts'
import { loadLock, type LockFile } from '../lock/lock-file.ts'
import { verifyLock } from '../lock/verify-lock.ts'
import { componentConfig } from '../manifest/component-config.ts'
import { freezeDeep } from '../manifest/fill-defaults.ts'
import { loadManifest, type ManifestFile } from '../manifest/load-manifest.ts'
import type { KeptPayloads } from '../payloads/kept-payloads.ts'
import type { EntryPayload } from '../payloads/payload-keeper.ts'
import { applyHosts, applyMetricsAddress, applyPluginDirs, type Configured, type PluginDirs } from './host-option.ts'

/** Where components are found: for every manifest, or made for the one at a path. */
export type Sources = readonly ComponentSource[] | ((manifestPath: string) => readonly ComponentSource[])

/** How an assembly is read, besides its files: what the call that started the engine has said. */
export interface ReadOptions {
  readonly sources: Sources
  readonly trust?: TrustVerifier | undefined
  /** Addresses that replace those of the front-end. */
  readonly hosts?: readonly string[] | undefined
  /** Path of a `daemon.json` that is laid over the manifest. */
  readonly daemonFile?: string | undefined
  readonly pluginDirs?: PluginDirs | undefined
  /** Replaces the address on which metrics are served. */
  readonly metricsAddress?: string | undefined
  readonly frontEnds?: boolean | undefined
  /** Where files are looked for that their source does not have any more. Absent: nowhere. */
  readonly kept?: KeptPayloads | undefined
}

/** A `daemon.json` and what it has set. */
export interface AppliedDaemonFile extends Translation {
  readonly applied: readonly AppliedSetting[]
}

/** An assembly as its files want it. */
export interface WantedAssembly {
  readonly manifest: ManifestFile
  readonly lock: LockFile
  /** Absent when there is none. */
  readonly daemon: AppliedDaemonFile | undefined
  readonly entries: readonly MemberFacts[]
  /** The files that they were verified with. */
  readonly payloads: readonly EntryPayload[]
}

/** Reads a manifest and its lock, and verifies the files of every component. Throws what is wrong. */
export async function readAssembly(manifestPath: string, options: ReadOptions): Promise<WantedAssembly> {
  const manifest = await loadManifest(manifestPath)
  const daemon = options.daemonFile === undefined ? undefined : await readDaemonFile(options.daemonFile)
  return await verifyAssembly(manifest, await loadLock(manifest), daemon, options)
}

/** The same from files that were read. */
export async function verifyAssembly(
  manifest: ManifestFile,
  lock: LockFile,
  daemonFile: DaemonFile | undefined,
  options: ReadOptions,
): Promise<WantedAssembly> {
  const { trust, kept, hosts, pluginDirs, metricsAddress, frontEnds } = options
  const sources = sourcesOf(options.sources, manifest.file)
  const entries = await verifyLock({ file: manifest, lock, sources, trust, kept })
  const wanted = entries.filter(({ locked }) => frontEnds !== false || locked.provides.length > 0)
  const configured = wanted.map(({ name, locked, candidate: { descriptor } }) => ({
    name,
    provides: locked.provides,
    schema: descriptor.config ?? {},
    config: componentConfig(manifest, name, descriptor),
  }))
  const daemon = daemonFile === undefined ? undefined : await applied(daemonFile, configured)
  if (hosts !== undefined) applyHosts(hosts, configured)
  if (pluginDirs !== undefined) applyPluginDirs(pluginDirs, configured)
  if (metricsAddress !== undefined) applyMetricsAddress(metricsAddress, configured)
  return {
    manifest,
    lock,
    daemon,
    entries: wanted.map(({ name, locked, candidate, payload }, index) => ({
      name,
      required: manifest.manifest.components[name]?.required ?? true,
      locked,
      descriptor: candidate.descriptor,
      folder: payload.folder,
      sees: payload.sees,
      config: freezeDeep(configured[index]?.config ?? {}),
    })),
    payloads: wanted,
  }
}

/** The table of keys is loaded by those alone who have such a file. */
async function applied(file: DaemonFile, configured: readonly Configured[]): Promise<AppliedDaemonFile> {
  const [{ translate }, { applyDaemonFile }] = await Promise.all([
    import('../daemon-json/translate.ts'),
    import('../daemon-json/apply-daemon-file.ts'),
  ])
  const translation = translate(file)
  return { ...translation, applied: applyDaemonFile(translation, configured) }
}

export function sourcesOf(sources: Sources, manifestPath: string): readonly ComponentSource[] {
  return typeof sources === 'function' ? sources(manifestPath) : sources
}
