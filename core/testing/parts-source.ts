import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ComponentCandidate, ComponentSource } from '@moby/contracts'
import { readDescriptor } from '../manifest/read-descriptor.ts'

/**
 * A source for tests of the kernel, which must not know the registry's: `parts:` offers the component
 * of each folder in one folder. Its digests cover component.yaml and index.js.
 */
export function partsSource(parts: string): ComponentSource {
  const all = async (): Promise<ComponentCandidate[]> => {
    const names = await readdir(parts)
    return await Promise.all(names.map((name) => read(join(parts, name, 'component.yaml'))))
  }
  return {
    scheme: 'parts',
    candidates: async (_location, component) => (await all()).filter(({ name }) => name === component),
    names: async () => (await all()).map(({ name }) => name),
    payload: async (_location, { origin }) => {
      const folder = dirname(origin)
      const descriptorDigest = await digest(origin)
      return { folder, descriptorDigest, digest: await digest(origin, join(folder, 'index.js')) }
    },
  }
}

async function read(origin: string): Promise<ComponentCandidate> {
  const descriptor = readDescriptor(origin, await readFile(origin, 'utf8'))
  return { name: descriptor.name, version: descriptor.version, descriptor, origin }
}

async function digest(...files: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files) hash.update(await readFile(file))
  return `sha256:${hash.digest('hex')}`
}
