import { hash } from 'node:crypto'
import { dirname } from 'node:path'
import {
  codedError,
  partsText,
  type ComponentCandidate,
  type ComponentPayload,
  type ComponentSource,
  type PayloadPart,
} from '@moby/contracts'
import { ComponentFolder } from './component-folder.ts'
import type { DescriptorReader } from './descriptor-reader.ts'
import { measureFolder } from './measure-folder.ts'
import { findWorkspace, listPackages, type WorkspacePackage } from './workspace-packages.ts'

export interface WorkspaceSourceOptions {
  /** Folders to look from, upwards; the first that lies in an npm workspace decides. */
  readonly from: readonly string[]
  readonly readDescriptor: DescriptorReader
}

interface Workspace {
  readonly packages: ReadonlyMap<string, WorkspacePackage>
  readonly folders: ReadonlySet<string>
  readonly components: readonly ComponentFolder[]
}

/**
 * `workspace:`, the packages with a component.yaml in an npm workspace. The payload of such a component
 * is its package and every package of the workspace that it depends on, so that a change in a library
 * changes the digest. What it read once it keeps: make a new source to see changes.
 */
export class WorkspaceSource implements ComponentSource {
  readonly scheme = 'workspace'
  readonly #options: WorkspaceSourceOptions
  #workspace: Promise<Workspace> | undefined
  readonly #parts = new Map<string, Promise<PayloadPart>>()

  constructor(options: WorkspaceSourceOptions) {
    this.#options = options
  }

  async candidates(_location: string, component: string): Promise<readonly ComponentCandidate[]> {
    const { components } = await this.#open()
    return components
      .filter(({ name }) => name === component)
      .map((folder) => folder.candidate(this.#options.readDescriptor))
  }

  async names(): Promise<readonly string[]> {
    const { components } = await this.#open()
    return [...new Set(components.flatMap(({ name }) => name ?? []))]
  }

  async payload(_location: string, candidate: ComponentCandidate): Promise<ComponentPayload> {
    const workspace = await this.#open()
    const folder = dirname(candidate.origin)
    const component = workspace.components.find((each) => each.folder === folder)
    const own = [...workspace.packages.values()].find((each) => each.folder === folder)
    if (component === undefined || own === undefined) {
      throw codedError('COMPONENT_UNKNOWN', `${folder} is no component of the workspace`)
    }
    const parts = await Promise.all(closure(workspace.packages, own).map((part) => this.#measure(part, workspace)))
    const digest = `sha256:${hash('sha256', partsText(parts), 'hex')}`
    return { folder, digest, descriptorDigest: component.descriptorDigest, parts }
  }

  #measure({ name, folder }: WorkspacePackage, workspace: Workspace): Promise<PayloadPart> {
    const known = this.#parts.get(folder)
    if (known !== undefined) return known
    const part = measureFolder(folder, { apart: workspace.folders }).then((own) => ({ name, folder, ...own }))
    this.#parts.set(folder, part)
    return part
  }

  #open(): Promise<Workspace> {
    this.#workspace ??= openWorkspace(this.#options.from)
    return this.#workspace
  }
}

/** The package first, then what it needs of the workspace, directly or not, by name. */
function closure(packages: ReadonlyMap<string, WorkspacePackage>, own: WorkspacePackage): WorkspacePackage[] {
  const found = new Set([own])
  for (const each of found) {
    for (const name of each.dependencies) {
      const dependency = packages.get(name)
      if (dependency !== undefined) found.add(dependency)
    }
  }
  return [own, ...[...found].filter((each) => each !== own).sort((a, b) => (a.name < b.name ? -1 : 1))]
}

async function openWorkspace(from: readonly string[]): Promise<Workspace> {
  for (const start of from) {
    const root = await findWorkspace(start)
    if (root === undefined) continue
    const packages = await listPackages(root)
    const components = await Promise.all(packages.map(({ folder }) => ComponentFolder.open(folder)))
    return {
      packages: new Map(packages.map((each) => [each.name, each])),
      folders: new Set(packages.map(({ folder }) => folder)),
      components: components.filter((each) => each !== undefined),
    }
  }
  throw codedError('WORKSPACE_MISSING', `No npm workspace contains ${from.join(' or ')}`, {
    hint: 'name the place of the component in the manifest: from: folder:PATH',
  })
}
