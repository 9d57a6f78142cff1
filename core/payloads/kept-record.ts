import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LockEntry, PayloadPart } from '@moby/contracts'

/** A package of a kept payload. */
export interface KeptPart {
  /** By which others import it; empty for a component that stands alone. */
  readonly name: string
  /** 64 hexadecimal digits: the name of its archive. */
  readonly digest: string
  /** Of the archive. */
  readonly bytes: number
  /** Its own installed packages, which are not kept, where they were. */
  readonly modules?: string | undefined
}

/** What is known of a payload that is kept. */
export interface KeptRecord {
  readonly format: 1
  readonly use: string
  readonly version: string
  /** The component's own package first. */
  readonly parts: readonly KeptPart[]
  /** Folders above it in which its imports were looked for, the outermost first. They are not kept. */
  readonly modules: readonly string[]
  /** How its files are read when its package does not say so itself: `module`, `commonjs`. */
  readonly type?: string | undefined
}

/** The record of a payload whose packages have been kept. */
export function recordOf(
  { use, version }: Pick<LockEntry, 'use' | 'version'>,
  parts: readonly (PayloadPart & { readonly bytes: number })[],
): KeptRecord {
  const folder = parts[0]?.folder ?? '/'
  const type = parts[0]?.files.some(({ path }) => path === 'package.json') === true ? undefined : typeAbove(folder)
  return {
    format: 1,
    use,
    version,
    parts: parts.map(({ name, digest, bytes, folder: own }) => ({ name, digest, bytes, ...modulesIn(own) })),
    modules: foldersAbove(folder)
      .flatMap((each) => modulesIn(each)?.modules ?? [])
      .toReversed(),
    ...(type === undefined ? {} : { type }),
  }
}

/** Undefined for what is none. */
export function parseRecord(text: string): KeptRecord | undefined {
  try {
    const value = JSON.parse(text) as KeptRecord
    const isSound =
      value.format === 1 &&
      Array.isArray(value.modules) &&
      value.parts.length > 0 &&
      value.parts.every(({ name, digest }) => typeof name === 'string' && /^[0-9a-f]{64}$/.test(digest))
    return isSound ? value : undefined
  } catch {
    return undefined
  }
}

function modulesIn(folder: string): { readonly modules: string } | undefined {
  const modules = join(folder, 'node_modules')
  return existsSync(modules) ? { modules } : undefined
}

/** The nearest first. */
function foldersAbove(folder: string): string[] {
  const above = dirname(folder)
  return above === folder ? [] : [above, ...foldersAbove(above)]
}

function typeAbove(folder: string): string | undefined {
  for (const each of foldersAbove(folder)) {
    try {
      const { type } = JSON.parse(readFileSync(join(each, 'package.json'), 'utf8')) as { type?: unknown }
      return typeof type === 'string' ? type : undefined
    } catch {
      continue
    }
  }
  return undefined
}
