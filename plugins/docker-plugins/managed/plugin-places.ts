import { join } from 'node:path'
import type { PluginRecord } from './plugin-record.ts'

/** Where the files of managed plugins are. */
export class PluginPlaces {
  readonly blobs: string
  /** Folders of the plugins, by id. */
  readonly plugins: string
  /** Roots that are being unpacked. */
  readonly drafts: string
  readonly #run: string

  constructor(folders: { readonly data: string; readonly run: string }) {
    this.blobs = join(folders.data, 'managed/blobs')
    this.plugins = join(folders.data, 'managed/plugins')
    this.drafts = join(folders.data, 'managed/drafts')
    this.#run = join(folders.run, 'm')
  }

  of({ id }: Pick<PluginRecord, 'id'>): string {
    return join(this.plugins, id)
  }

  root(record: Pick<PluginRecord, 'id' | 'root'>): string {
    return join(this.of(record), record.root)
  }

  /** What the plugin mounts here the host sees, and so do containers. */
  propagated(record: Pick<PluginRecord, 'id'>): string {
    return join(this.of(record), 'propagated-mount')
  }

  /** Short, because a socket lies in it. */
  run({ id }: Pick<PluginRecord, 'id'>): string {
    return join(this.#run, id.slice(0, 12))
  }

  sockets(record: Pick<PluginRecord, 'id'>): string {
    return join(this.run(record), 's')
  }

  fifos(record: Pick<PluginRecord, 'id'>): string {
    return join(this.run(record), 'l')
  }

  socket(record: Pick<PluginRecord, 'id' | 'config'>): string {
    return join(this.sockets(record), record.config.Interface.Socket)
  }
}

/** Paths that every managed plugin of Docker sees. */
export const pluginPaths = {
  sockets: '/run/docker/plugins',
  fifos: '/run/docker/logging',
  metrics: '/run/docker/metrics.sock',
} as const
