import { randomBytes } from 'node:crypto'
import {
  codedError,
  enginePlugins,
  implement,
  type DriverSet,
  type Implementation,
  type imageSource,
  type Logger,
  type PluginPrivilege,
  type Progress,
  type RegistryCredentials,
  type RequestOf,
  type stateStore,
} from '@moby/contracts'
import {
  familiarReference,
  formatReference,
  parseReference,
  withDefaultTag,
  type Reference,
} from '@moby/contracts/reference'
import { removeFolders } from '@moby/lib-tar'
import { Announcements } from './announcements.ts'
import { BlobStore } from './blob-store.ts'
import { fetchPackage } from './fetch-package.ts'
import { readPluginConfig } from './plugin-config.ts'
import { PluginBook } from './plugin-book.ts'
import { packagedConfig, unpackLayers, writePackage } from './plugin-package.ts'
import type { PluginPlaces } from './plugin-places.ts'
import type { PluginPackage, PluginRecord } from './plugin-record.ts'
import { PluginRepository } from './plugin-repository.ts'
import type { PluginRunner } from './plugin-runner.ts'
import { changeSettings, firstSettings, keepSettings } from './plugin-settings.ts'
import { checkPrivileges, privilegesOf } from './privileges.ts'
import { pushPackage } from './push-package.ts'
import { readArchive } from './read-archive.ts'
import { checkDisabled, chosenName, localName, matches, readName, rootName, show } from './show-plugin.ts'
import { sweepPlaces } from './sweep-places.ts'
import { Turns } from './turns.ts'

export interface ManagedParts {
  readonly store: Implementation<typeof stateStore>
  readonly sources: DriverSet<typeof imageSource>
  readonly places: PluginPlaces
  readonly runner: PluginRunner
  /** Of the component: packages tell what they were made by. */
  readonly version: string
  readonly log: Logger
}

type Pull = RequestOf<typeof enginePlugins, 'pull'>
type Upgrade = RequestOf<typeof enginePlugins, 'upgrade'>
type PullItem = Progress & { readonly name?: string }

/**
 * Docker's managed plugins. A record in the state of the engine says what there is; a folder that no record names goes
 * at the next start, so that whatever ends the engine, a plugin is there as a whole or not at all.
 */
export class ManagedPlugins {
  readonly api: Implementation<typeof enginePlugins> = implement(enginePlugins, {
    list: async ({ filter = {} }) => ({ plugins: this.#book.all().filter(matches(filter)).map(show) }),
    inspect: async ({ ref }) => show(this.#book.find(ref)),
    privileges: async (request, call) => ({ privileges: await this.#privileges(request, call?.signal) }),
    pull: (request, call) => this.#pull(request, call?.signal),
    upgrade: (request, call) => this.#upgrade(request, call?.signal),
    create: ({ name }, input) => this.#holding(() => this.#create(name, input)),
    enable: async ({ ref, timeoutSeconds = 0 }) => {
      await this.#inTurn(ref, (record) => this.#enable(record, ref, timeoutSeconds))
      return {}
    },
    disable: async ({ ref, force = false }) => {
      await this.#inTurn(ref, (record) => this.#disable(record, ref, force))
      return {}
    },
    set: async ({ ref, settings }) => {
      await this.#inTurn(ref, (record) => this.#set(record, settings))
      return {}
    },
    push: (request, call) => this.#push(request.ref, request.credentials, call?.signal),
    remove: async ({ ref, force = false }) => {
      await this.#inTurn(ref, (record) => this.#remove(record, ref, force))
      return {}
    },
    watch: (_request, call) => this.#announcements.watch(call?.signal),
  })

  readonly #parts: ManagedParts
  readonly #book: PluginBook
  readonly #blobs: BlobStore
  readonly #announcements = new Announcements()
  readonly #turns = new Turns()
  /** Works under way that need blobs which no record names yet. */
  #held = 0

  private constructor(parts: ManagedParts, book: PluginBook) {
    this.#parts = parts
    this.#book = book
    this.#blobs = new BlobStore(parts.places.blobs)
  }

  /** Takes up what the last engine left, and starts what is enabled, without waiting for it. */
  static async open(parts: ManagedParts): Promise<ManagedPlugins> {
    const managed = new ManagedPlugins(parts, await PluginBook.load(parts.store, parts.log))
    await sweepPlaces(parts.places, managed.#book.all(), parts.log)
    managed.#collect()
    for (const record of managed.#book.all()) if (record.enabled) parts.runner.resume(record)
    return managed
  }

  async close(): Promise<void> {
    this.#announcements.close()
    await this.#parts.runner.stopAll()
  }

  async #privileges(
    request: { readonly reference: string; readonly credentials?: RegistryCredentials },
    signal: AbortSignal | undefined,
  ): Promise<PluginPrivilege[]> {
    const { repository } = this.#repositoryOf(request.reference, request.credentials, signal)
    return privilegesOf(readPluginConfig(await repository.config(await repository.find())))
  }

  async *#pull(request: Pull, signal: AbortSignal | undefined): AsyncGenerator<PullItem, void> {
    const { reference, repository } = this.#repositoryOf(request.reference, request.credentials, signal)
    const name = request.name === undefined ? localName(reference) : chosenName(request.name)
    this.#checkFree(name)
    yield { name }
    const told = familiarReference(reference)
    this.#held += 1
    try {
      const fetched = yield* fetchPackage(repository, await repository.find(), reference, this.#blobs)
      this.#announcements.tell('pull', told, name)
      await this.#add(name, fetched, { reference: formatReference(reference), privileges: request.privileges })
      yield* tellComplete(fetched)
    } finally {
      this.#release()
    }
  }

  async *#upgrade(request: Upgrade, signal: AbortSignal | undefined): AsyncGenerator<PullItem, void> {
    const before = this.#book.find(request.ref)
    checkDisabled(before, 'plugin must be disabled before upgrading: ')
    const { reference, repository } = this.#repositoryOf(request.reference, request.credentials, signal)
    yield { name: before.name }
    this.#held += 1
    try {
      const fetched = yield* fetchPackage(repository, await repository.find(), reference, this.#blobs)
      this.#announcements.tell('pull', familiarReference(reference), before.name)
      await this.#inTurn(before.id, (record) => this.#replace(record, fetched, reference, request.privileges))
      yield* tellComplete(fetched)
    } finally {
      this.#release()
    }
  }

  async #create(written: string, input: AsyncIterable<Uint8Array>): Promise<{ id: string }> {
    const reference = readName(written)
    if (reference.digest !== undefined) {
      throw codedError('IMAGE_REFERENCE_INVALID', 'canonical references are not permitted')
    }
    const name = familiarReference(withDefaultTag(reference))
    this.#checkFree(name)
    const { config, layer } = await readArchive(input, this.#blobs)
    const made = await writePackage(this.#blobs, { ...config, DockerVersion: this.#parts.version }, [layer])
    const { id } = await this.#add(name, made.package, { reference: name })
    this.#announcements.tell('create', id, name)
    return { id }
  }

  async #add(
    name: string,
    digests: PluginPackage,
    { reference, privileges }: { reference: string; privileges?: readonly PluginPrivilege[] },
  ): Promise<PluginRecord> {
    return await this.#turns.run('names', async () => {
      this.#checkFree(name)
      const config = await packagedConfig(this.#blobs, digests)
      if (privileges !== undefined) checkPrivileges(privilegesOf(config), privileges)
      const id = randomBytes(32).toString('hex')
      const root = rootName(digests)
      await this.#unpack(digests, { id, root })
      const settings = firstSettings(config)
      const record = {
        id,
        name,
        reference,
        enabled: false,
        timeoutSeconds: 0,
        config,
        settings,
        package: digests,
        root,
      }
      await this.#book.put(record)
      return record
    })
  }

  async #replace(
    record: PluginRecord,
    digests: PluginPackage,
    reference: Reference,
    privileges: readonly PluginPrivilege[],
  ): Promise<void> {
    checkDisabled(record, 'plugin must be disabled before upgrading: ')
    const config = await packagedConfig(this.#blobs, digests)
    checkPrivileges(privilegesOf(config), privileges)
    const root = rootName(digests)
    // The files of the same package are there, and must stay.
    const isOther = root !== record.root
    if (isOther) await this.#unpack(digests, { id: record.id, root })
    const settings = keepSettings(record.settings, record.config, config)
    await this.#book.put({ ...record, reference: formatReference(reference), config, settings, package: digests, root })
    if (isOther) await removeFolders([this.#parts.places.root(record)])
  }

  async #unpack(digests: PluginPackage, record: Pick<PluginRecord, 'id' | 'root'>): Promise<void> {
    await this.#parts.runner.makeFolder(record)
    await unpackLayers(this.#blobs, digests.layers, this.#parts.places.root(record)).catch(async (error: unknown) => {
      if (this.#book.get(record.id) === undefined) await removeFolders([this.#parts.places.of(record)])
      throw error
    })
  }

  async #enable(record: PluginRecord, ref: string, timeoutSeconds: number): Promise<void> {
    if (record.enabled) {
      throw codedError('PLUGIN_ENABLED', `plugin already enabled: plugin ${record.name} is enabled`)
    }
    const enabled = { ...record, enabled: true, timeoutSeconds }
    await this.#parts.runner.start(enabled)
    try {
      await this.#book.put(enabled)
    } catch (error) {
      await this.#parts.runner.stop(record, 'it could not be enabled')
      throw error
    }
    this.#announcements.tell('enable', record.id, ref)
  }

  async #disable(record: PluginRecord, ref: string, force: boolean): Promise<void> {
    if (!force) this.#checkUnused(record)
    if (!record.enabled) {
      throw codedError('PLUGIN_DISABLED', `plugin is already disabled: plugin ${record.name} found but disabled`)
    }
    await this.#book.put({ ...record, enabled: false })
    await this.#parts.runner.stop(record, 'it was disabled')
    this.#announcements.tell('disable', record.id, ref)
  }

  async #set(record: PluginRecord, changes: readonly string[]): Promise<void> {
    if (record.enabled) {
      throw codedError('PLUGIN_SETTING_INVALID', 'cannot set on an active plugin, disable plugin before setting')
    }
    await this.#book.put({ ...record, settings: changeSettings(record.settings, record.config, changes) })
  }

  async *#push(
    ref: string,
    credentials: RegistryCredentials | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Progress, void> {
    const record = this.#book.find(ref)
    const { reference, repository } = this.#repositoryOf(record.name, credentials, signal)
    this.#held += 1
    try {
      yield* pushPackage(repository, record.package, reference, this.#blobs)
    } finally {
      this.#release()
    }
  }

  async #remove(record: PluginRecord, ref: string, force: boolean): Promise<void> {
    if (!force) {
      this.#checkUnused(record)
      checkDisabled(record)
    }
    await this.#book.delete(record.id)
    await this.#parts.runner.stop(record, 'it was removed')
    await this.#parts.runner.removeFolder(record)
    this.#release(0)
    this.#announcements.tell('remove', record.id, ref)
  }

  #checkUnused({ name }: PluginRecord): void {
    const users = this.#parts.runner.usersOf(name)
    if (users.length === 0) return
    throw codedError('PLUGIN_IN_USE', `plugin ${name} is in use`, {
      hint: `remove first, or use force: ${users.slice(0, 5).join(', ')}`,
      details: { plugin: name, users },
    })
  }

  #checkFree(name: string): void {
    if (this.#book.byName(name) === undefined) return
    throw codedError('PLUGIN_EXISTS', `plugin ${name} already exists`, { details: { plugin: name } })
  }

  #repositoryOf(written: string, credentials: RegistryCredentials | undefined, signal: AbortSignal | undefined) {
    const reference = withDefaultTag(parseReference(written))
    const [source] = this.#parts.sources.list()
    if (source === undefined) {
      throw codedError('PLUGIN_STORE_MISSING', 'The assembly has nothing that reaches registries', {
        hint: 'add moby/distribution-oci to it',
      })
    }
    return { reference, repository: new PluginRepository({ source: source.handle, reference, credentials, signal }) }
  }

  /** Works on a plugin, one after the other, with the record as it is then. */
  async #inTurn<T>(ref: string, work: (record: PluginRecord) => Promise<T>): Promise<T> {
    const { id } = this.#book.find(ref)
    return await this.#turns.run(id, () => work(this.#book.find(id)))
  }

  async #holding<T>(work: () => Promise<T>): Promise<T> {
    this.#held += 1
    try {
      return await work()
    } finally {
      this.#release()
    }
  }

  #release(count = 1): void {
    this.#held -= count
    if (this.#held === 0 && !this.#book.isInDoubt) this.#collect()
  }

  #collect(): void {
    const kept = this.#book.all().flatMap(({ package: { manifest, config, layers } }) => [manifest, config, ...layers])
    this.#blobs.collect(new Set(kept))
  }
}

function* tellComplete({ layers }: PluginPackage): Generator<Progress, void> {
  for (const digest of layers) yield { id: digest.replace('sha256:', '').slice(0, 12), status: 'Complete' }
}
