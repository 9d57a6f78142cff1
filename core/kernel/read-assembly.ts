import type { ComponentSource, TrustVerifier } from '@moby/contracts'
import type { MemberFacts } from '../lifecycle/member.ts'
import { loadLock, type LockFile } from '../lock/lock-file.ts'
import { verifyLock } from '../lock/verify-lock.ts'
import { componentConfig } from '../manifest/component-config.ts'
import { freezeDeep } from '../manifest/fill-defaults.ts'
import { loadManifest, type ManifestFile } from '../manifest/load-manifest.ts'
import { applyHost, applyPluginDirs, type PluginDirs } from './host-option.ts'

/** Where components are found: for every manifest, or made for the one at a path. */
export type Sources = readonly ComponentSource[] | ((manifestPath: string) => readonly ComponentSource[])

/** How an assembly is read, besides its files: what the call that started the engine has said. */
export interface ReadOptions {
  readonly sources: Sources
  readonly trust?: TrustVerifier | undefined
  readonly host?: string | undefined
  readonly pluginDirs?: PluginDirs | undefined
  readonly frontEnds?: boolean | undefined
}

/** An assembly as its files want it. */
export interface WantedAssembly {
  readonly manifest: ManifestFile
  readonly lock: LockFile
  readonly entries: readonly MemberFacts[]
}

/** Reads a manifest and its lock, and verifies the files of every component. Throws what is wrong. */
export async function readAssembly(manifestPath: string, options: ReadOptions): Promise<WantedAssembly> {
  const manifest = await loadManifest(manifestPath)
  return await verifyAssembly(manifest, await loadLock(manifest), options)
}

/** The same from files that were read. */
export async function verifyAssembly(
  manifest: ManifestFile,
  lock: LockFile,
  options: ReadOptions,
): Promise<WantedAssembly> {
  const { trust, host, pluginDirs, frontEnds } = options
  const sources = sourcesOf(options.sources, manifest.file)
  const entries = await verifyLock({ file: manifest, lock, sources, trust })
  const wanted = entries.filter(({ locked }) => frontEnds !== false || locked.provides.length > 0)
  const configured = wanted.map(({ name, candidate: { descriptor } }) => ({
    name,
    schema: descriptor.config ?? {},
    config: componentConfig(manifest, name, descriptor),
  }))
  if (host !== undefined) applyHost(host, configured)
  if (pluginDirs !== undefined) applyPluginDirs(pluginDirs, configured)
  return {
    manifest,
    lock,
    entries: wanted.map(({ name, locked, candidate, payload }, index) => ({
      name,
      required: manifest.manifest.components[name]?.required ?? true,
      locked,
      descriptor: candidate.descriptor,
      folder: payload.folder,
      config: freezeDeep(configured[index]?.config ?? {}),
    })),
  }
}

export function sourcesOf(sources: Sources, manifestPath: string): readonly ComponentSource[] {
  return typeof sources === 'function' ? sources(manifestPath) : sources
}
