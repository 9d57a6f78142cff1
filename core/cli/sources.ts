import { dirname, join, resolve } from 'node:path'
import type { ComponentSource } from '@moby/contracts'
import { FolderSource, OciSource, WorkspaceSource } from '@moby/registry'
import { readDescriptor } from '../manifest/read-descriptor.ts'
import { cacheFolder } from './cache-folder.ts'

/** The sources that a manifest may name, made for it: the place where the kernel and the registry meet. */
export function sourcesFor(manifest: string): readonly ComponentSource[] {
  const base = dirname(resolve(manifest))
  return [
    new WorkspaceSource({ from: [base, import.meta.dirname], readDescriptor }),
    new FolderSource({ base, readDescriptor }),
    new OciSource({ cache: join(cacheFolder(), 'components'), readDescriptor }),
  ]
}
