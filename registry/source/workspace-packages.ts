import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A package of an npm workspace. */
export interface WorkspacePackage {
  readonly name: string
  /** Absolute. */
  readonly folder: string
  /** Names of the packages that it needs at run time, of this workspace or not. */
  readonly dependencies: readonly string[]
}

interface PackageJson {
  readonly name?: string
  readonly workspaces?: readonly string[] | { readonly packages?: readonly string[] }
  readonly dependencies?: Readonly<Record<string, string>>
}

/** The nearest folder at or above `from` whose package.json names workspaces. */
export async function findWorkspace(from: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const manifest = await readPackage(folder)
    if (manifest?.workspaces !== undefined) return folder
    if (dirname(folder) === folder) return undefined
  }
}

/** The packages of a workspace, by its globs: literal folders and `*` for one step. */
export async function listPackages(root: string): Promise<WorkspacePackage[]> {
  const workspaces = (await readPackage(root))?.workspaces ?? []
  const globs = 'packages' in workspaces ? (workspaces.packages ?? []) : (workspaces as readonly string[])
  const folders = new Set((await Promise.all(globs.map((glob) => expand(root, glob.split('/'))))).flat())
  const packages = await Promise.all(
    [...folders].map(async (folder) => {
      const manifest = await readPackage(folder)
      if (manifest?.name === undefined) return undefined
      return { name: manifest.name, folder, dependencies: Object.keys(manifest.dependencies ?? {}) }
    }),
  )
  return packages.filter((each) => each !== undefined).sort((a, b) => (a.folder < b.folder ? -1 : 1))
}

async function expand(folder: string, steps: readonly string[]): Promise<string[]> {
  const [step, ...rest] = steps.filter((each) => each !== '' && each !== '.')
  if (step === undefined) return [folder]
  if (!step.includes('*')) return await expand(join(folder, step), rest)
  const pattern = new RegExp(`^${step.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`)
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const found = entries.filter(
    (entry) => entry.isDirectory() && entry.name !== 'node_modules' && pattern.test(entry.name),
  )
  return (await Promise.all(found.map((entry) => expand(join(folder, entry.name), rest)))).flat()
}

async function readPackage(folder: string): Promise<PackageJson | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackageJson
  } catch {
    return undefined
  }
}
