import { hash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { filesText, type ComponentCandidate, type ComponentSource, type PayloadFile } from '@moby/contracts'
import { readDescriptor } from '../manifest/read-descriptor.ts'

/**
 * A source for tests of the kernel, which must not know the registry's: `parts:` offers the component
 * of each folder in one folder. Its digests cover the files in it.
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
      const names = await readdir(folder, { withFileTypes: true })
      const files = await Promise.all(names.filter((each) => each.isFile()).map(({ name }) => measure(folder, name)))
      const digest = sha256(filesText(files))
      const descriptorDigest = `sha256:${files.find(({ path }) => path === 'component.yaml')?.digest ?? ''}`
      return { folder, descriptorDigest, digest: `sha256:${digest}`, parts: [{ name: '', folder, digest, files }] }
    },
  }
}

async function read(origin: string): Promise<ComponentCandidate> {
  const descriptor = readDescriptor(origin, await readFile(origin, 'utf8'))
  return { name: descriptor.name, version: descriptor.version, descriptor, origin }
}

async function measure(folder: string, path: string): Promise<PayloadFile> {
  const content = await readFile(join(folder, path))
  return { path, isExecutable: false, size: content.length, digest: sha256(content) }
}

const sha256 = (content: string | Buffer) => hash('sha256', content, 'hex')
