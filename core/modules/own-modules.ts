import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const home = `${pathToFileURL(join(import.meta.dirname, '../..')).href}/`

/** What is no source of this tree, though it may lie in it: packages from elsewhere, and what a data root keeps. */
const apart = /\/node_modules\/|\/payloads\/unpacked\//

/** Whether a module is a source of this tree. */
export function isOwn(importer: string | undefined): boolean {
  return importer?.startsWith(home) === true && !apart.test(importer)
}

/** Modules of this tree by the names of its packages, as Node found each for the first that asked. */
const found = new Map<string, string>()

/**
 * Where an import leads that a module of this tree makes of another: a path with its ending needs no looking for, and
 * a package of the workspace is the same for all who import it. Node would ask the file system about each of some three
 * thousand imports (decision 24). Undefined for whatever else: `next` of Node's own resolution finds it.
 */
export function resolveOwn(
  specifier: string,
  importer: string | undefined,
  next: (specifier: string) => { readonly url: string },
): string | undefined {
  if (!isOwn(importer)) return undefined
  if (specifier.startsWith('.') && specifier.endsWith('.ts')) return new URL(specifier, importer).href
  if (!specifier.startsWith('@moby/') && specifier !== 'oci-spec-ts') return undefined
  const known = found.get(specifier) ?? next(specifier).url
  found.set(specifier, known)
  return known.startsWith(home) && known.endsWith('.ts') ? known : undefined
}
