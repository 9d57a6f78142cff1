import { codedError, implement, storageVolume, type Implementation } from '@moby/contracts'

/** A driver of volumes that keeps them in memory, and misbehaves as it is told. */
export class MemoryVolumes {
  readonly volumes = new Map<string, Record<string, string>>()
  readonly mounts = new Set<string>()
  fail: Error | undefined
  /** What it says of every mount; a folder. */
  mountedAt = import.meta.dirname
  /** Makes nothing of what it is asked to make. */
  forgets = false
  /** Never answers when it is asked what it has. */
  hang = false

  readonly api: Implementation<typeof storageVolume> = implement(storageVolume, {
    capabilities: async () => ({ scope: 'local' }),
    create: async ({ name, options }) => {
      if (this.fail !== undefined) throw this.fail
      if (!this.forgets) this.volumes.set(name, options)
      return {}
    },
    get: async ({ name }) => {
      if (this.hang) await new Promise(() => undefined)
      this.#check(name)
      return { volume: { name, mountpoint: `/volumes/${name}`, createdAt: '2026-01-01T00:00:00Z' } }
    },
    list: async () => {
      if (this.hang) await new Promise(() => undefined)
      if (this.fail !== undefined) throw this.fail
      return { volumes: [...this.volumes.keys()].map((name) => ({ name, mountpoint: `/volumes/${name}` })) }
    },
    path: async ({ name }) => ({ mountpoint: `/volumes/${name}` }),
    mount: async ({ name, id }) => {
      this.#check(name)
      this.mounts.add(`${name} ${id}`)
      return { mountpoint: this.mountedAt }
    },
    unmount: async ({ name, id }) => {
      this.#check(name)
      this.mounts.delete(`${name} ${id}`)
      return {}
    },
    usage: async ({ name }) => {
      this.#check(name)
      return { size: '100' }
    },
    remove: async ({ name }) => {
      if (this.fail !== undefined) throw this.fail
      this.#check(name)
      this.volumes.delete(name)
      return {}
    },
  })

  #check(name: string): void {
    if (!this.volumes.has(name)) throw codedError('VOLUME_NOT_FOUND', `no ${name}`)
  }
}
