import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { codedError, type BuildProgress, type BuildSpec, type ContainerSpec } from '@moby/contracts'
import { inPieces, makeTar, type SampleEntry } from '@moby/lib-tar/testing'
import type { BuilderParts } from '../build/build-parts.ts'
import { createBuilder } from '../builder-service.ts'
import { CacheMounts } from '../cache/cache-mounts.ts'
import { CacheRecords } from '../cache/cache-records.ts'
import { HeldImages } from '../cache/held-images.ts'

export const plainSpec: BuildSpec = {
  dockerfile: 'Dockerfile',
  tags: [],
  args: {},
  labels: {},
  noCache: false,
  pull: false,
  removeIntermediate: true,
  forceRemove: false,
  squash: false,
  extraHosts: [],
  cacheFrom: [],
  limits: {},
  securityOptions: [],
  registries: {},
}

interface SampleImage {
  readonly id: string
  readonly parent: string
  readonly tags: string[]
}

/**
 * A builder over an engine of a test: images are names without files, containers run `onRun`. What is not asked for by
 * the tests is not there.
 */
export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'builder-'))
  readonly images = new Map<string, SampleImage>()
  readonly containers = new Map<string, ContainerSpec>()
  readonly warnings: string[] = []
  /** Every container that was made. */
  readonly ran: ContainerSpec[] = []
  /** What a container does; answers its exit code. */
  onRun: (spec: ContainerSpec) => Promise<number> | number = () => 0
  /** Called before an image is removed. */
  onRemove: (ref: string) => Promise<void> | void = () => undefined

  close(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  async parts(): Promise<BuilderParts> {
    return {
      containers: this.#engineContainers(),
      images: this.#engineImages(),
      cache: await CacheRecords.load(emptyStore()),
      held: new HeldImages(),
      mounts: new CacheMounts(join(this.folder, 'mounts')),
      folder: join(this.folder, 'builds'),
      runFolder: join(this.folder, 'files'),
      maxContextBytes: 2 ** 30,
      log: {
        debug: () => undefined,
        info: () => undefined,
        warn: (message) => void this.warnings.push(message),
        error: (message) => void this.warnings.push(message),
      },
    }
  }

  async builder() {
    return createBuilder(await this.parts())
  }

  #image(parent: string): SampleImage {
    const image = { id: `sha256:${randomBytes(32).toString('hex')}`, parent, tags: [] }
    this.images.set(image.id, image)
    return image
  }

  #find(ref: string): SampleImage {
    const found = this.images.get(ref) ?? [...this.images.values()].find(({ tags }) => tags.includes(ref))
    if (found !== undefined) return found
    throw codedError('IMAGE_NOT_FOUND', `No such image: ${ref}`)
  }

  #told(image: SampleImage) {
    return { ...image, digests: [], size: '1', containers: 0, config: {} }
  }

  #engineImages(): BuilderParts['images'] {
    const images: Partial<Record<keyof BuilderParts['images'], unknown>> = {
      inspect: async ({ ref }: { ref: string }) => this.#told(this.#find(ref)),
      list: async ({ filter }: { filter?: { all?: boolean } }) => {
        const parents = new Set([...this.images.values()].map(({ parent }) => parent))
        const all = [...this.images.values()].map((image) => this.#told(image))
        return {
          images: filter?.all === true ? all : all.filter(({ id, tags }) => tags.length > 0 || !parents.has(id)),
        }
      },
      extend: async ({ base = '' }: { base?: string }, layer: AsyncIterable<Uint8Array>) => {
        if (base !== '') this.#find(base)
        for await (const _ of layer);
        return { id: this.#image(base).id }
      },
      checkName: async ({ name }: { name: string }) => {
        if (/[A-Z]/.test(name)) throw codedError('IMAGE_REFERENCE_INVALID', `invalid reference format: ${name}`)
        return {}
      },
      tag: async ({ ref, target }: { ref: string; target: string }) => void this.#find(ref).tags.push(target),
      statPath: async ({ path }: { path: string }) => ({ path }),
      remove: async ({ ref }: { ref: string }) => {
        const { id } = this.#find(ref)
        await this.onRemove(id)
        this.images.delete(id)
        return { changes: [] }
      },
    }
    return images as BuilderParts['images']
  }

  #engineContainers(): BuilderParts['containers'] {
    const containers: Partial<Record<keyof BuilderParts['containers'], unknown>> = {
      create: async ({ spec }: { spec: ContainerSpec }) => {
        const id = randomBytes(32).toString('hex')
        this.containers.set(id, spec)
        this.ran.push(spec)
        return { id, warnings: [] }
      },
      start: async () => ({ changed: true }),
      attach: async function* () {
        yield { attached: true }
      },
      wait: (({ ref }: { ref: string }) => this.#exit(ref)) satisfies unknown,
      commit: async ({ ref }: { ref: string }) => ({ id: this.#image(this.containers.get(ref)?.image ?? '').id }),
      remove: async ({ ref }: { ref: string }) => void this.containers.delete(ref),
      list: async ({ filter }: { filter: { labels: string[] } }) => ({
        containers: [...this.containers]
          .filter(([, { labels }]) => filter.labels.every((label) => Object.hasOwn(labels ?? {}, label)))
          .map(([id]) => ({ id })),
      }),
    }
    return containers as BuilderParts['containers']
  }

  async *#exit(ref: string) {
    yield {}
    const spec = this.containers.get(ref)
    yield { exitCode: spec === undefined ? 0 : await this.onRun(spec) }
  }
}

/** What is told of a build, to its end. */
export async function buildFiles(
  builder: ReturnType<typeof createBuilder>,
  files: Readonly<Record<string, string>>,
  spec: Partial<BuildSpec> = {},
  signal?: AbortSignal,
): Promise<BuildProgress[]> {
  const entries = Object.entries(files).map(([name, content]): SampleEntry => ({ name, content }))
  const told: BuildProgress[] = []
  const call = signal === undefined ? {} : { signal }
  for await (const progress of builder.build({ ...plainSpec, ...spec }, inPieces(makeTar(entries)), call)) {
    told.push(progress)
  }
  return told
}

function emptyStore(): Parameters<typeof CacheRecords.load>[0] {
  const store = {
    list: async () => ({ entries: [], revision: '0', more: false }),
    commit: async () => ({ revision: '0' }),
  }
  return store as unknown as Parameters<typeof CacheRecords.load>[0]
}
