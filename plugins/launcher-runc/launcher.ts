import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { codedError, type Instance, type Logger, type RequestOf, type componentLauncher } from '@moby/contracts'
import { sweepCgroup } from '@moby/lib-oci-runtime'
import { removeFolders } from '@moby/lib-tar'
import { componentCgroup, componentCgroups } from './component-cgroup.ts'
import { giveFolder } from './host/give-folder.ts'
import { removeParent, sweepCgroups } from './host/cgroup-mounts.ts'
import { callRuntime, type OciRuntime } from './host/oci-runtime.ts'
import { SharedFolders } from './host/shared-folders.ts'
import { Warden } from './host/warden.ts'
import { ImageStore } from './image/image-store.ts'
import { LaunchedContainer } from './launched-container.ts'
import { bundleConfig } from './spec/bundle-config.ts'
import { containerProcess } from './spec/container-process.ts'

export interface LauncherParts {
  readonly instance: Instance
  readonly folders: { readonly data: string; readonly run: string }
  readonly runtime: OciRuntime
  readonly log: Logger
}

/** Tries, a tenth of a second apart. */
const removalTries = 30
/** How often the rest of a container is removed again, when its warden removes it at the same time. */
const raceTries = 5

type Launch = RequestOf<typeof componentLauncher, 'launch'>

/** The containers of one launcher, from its start to its end. */
export class Launcher {
  readonly #parts: LauncherParts
  /** Folder of this life; an earlier life had another, so that nothing of it is taken for ours. */
  readonly #life: string
  readonly #cgroupParent: string
  readonly #images: ImageStore
  readonly #shared: SharedFolders
  readonly #containers = new Map<string, LaunchedContainer>()
  readonly #left = new Map<string, { readonly life: string; readonly name: string }>()
  readonly #warden: Warden

  private constructor(parts: LauncherParts) {
    this.#parts = parts
    const { run, data } = parts.folders
    const name = randomBytes(4).toString('hex')
    this.#life = join(run, 'lives', name)
    this.#cgroupParent = componentCgroup(parts.instance, name)
    for (const folder of ['c', 'state']) mkdirSync(join(this.#life, folder), { recursive: true, mode: 0o700 })
    for (const folder of ['shared', 'images']) mkdirSync(join(data, folder), { recursive: true, mode: 0o700 })
    this.#images = new ImageStore(join(data, 'images'))
    this.#shared = new SharedFolders(join(data, 'shared'))
    this.#warden = Warden.start({ runtime: parts.runtime, life: this.#life, cgroupParent: this.#cgroupParent })
  }

  /** Ends what an earlier life left before it answers. */
  static async open(parts: LauncherParts): Promise<Launcher> {
    const launcher = new Launcher(parts)
    await launcher.#sweep()
    return launcher
  }

  async launch(request: Launch): Promise<{ id: string; pid: number }> {
    const { name, folders, grants, foreign = {} } = request
    const image = await this.#images.open(request.image)
    const process = containerProcess(image, request)
    const id = `moby-${this.#parts.instance.id}-${name}-${randomBytes(4).toString('hex')}`
    const cgroupsPath = `${this.#cgroupParent}/${id}`
    // One that lies in another is there with that.
    const mounted = folders.filter((folder) => !folders.some((other) => folder.startsWith(`${other}/`)))
    const config = bundleConfig({ hostname: name, cgroupsPath, process, folders: mounted, grants, foreign })
    for (const folder of folders) await giveFolder(folder, process.user.uid, process.user.gid)
    try {
      const shared = (foreign.sharedFolders ?? []).map(({ source }) => source)
      if (grants.shareMounts === true) shared.push(...mounted)
      for (const folder of shared) this.#shared.share(folder, id)
      const container = await LaunchedContainer.launch({
        id,
        name,
        runtime: this.#parts.runtime,
        life: this.#life,
        cgroupsPath,
        lower: image.folder,
        config,
        scratchBytes: grants.memoryBytes,
        writableRoot: foreign.writableRoot === true,
      })
      this.#containers.set(id, container)
      return { id, pid: container.pid }
    } catch (error) {
      this.#shared.release(id)
      throw error
    }
  }

  /** Fails with LAUNCH_UNKNOWN. */
  get(id: string): LaunchedContainer {
    const found = this.#containers.get(id)
    if (found !== undefined) return found
    throw codedError('LAUNCH_UNKNOWN', `The launcher has no container ${id}`)
  }

  async remove(id: string): Promise<void> {
    await this.#containers.get(id)?.remove()
    this.#shared.release(id)
    this.#containers.delete(id)
    const left = this.#left.get(id)
    if (left !== undefined) await this.#removeLeft(left.life, id)
  }

  list() {
    const own = [...this.#containers.values()].map(({ id, name, pid, exit }) =>
      exit === undefined ? { id, name, status: 'running' as const, pid } : { id, name, status: 'ended' as const, exit },
    )
    this.#forgetGone()
    return [...own, ...[...this.#left].map(([id, { name }]) => ({ id, name, status: 'left' as const }))]
  }

  /** Ends every container. */
  async close(): Promise<void> {
    await Promise.all([...this.#containers.keys()].map((id) => this.remove(id)))
    await this.#images.prune()
    removeParent(this.#cgroupParent)
    this.#warden.dismiss()
    await removeFolders([this.#life])
  }

  async #sweep(): Promise<void> {
    const lives = join(this.#parts.folders.run, 'lives')
    for (const name of readdirSync(lives)) {
      const life = join(lives, name)
      if (life === this.#life) continue
      for (const id of namesIn(join(life, 'c'))) await this.#removeLeft(life, id)
      if (namesIn(join(life, 'c')).length === 0) await removeFolders([life])
    }
    // Containers whose folders are lost, as after the run root was emptied, are known by their cgroups alone.
    const kept = new Set(this.#left.keys())
    for (const parent of componentCgroups(this.#parts.instance)) {
      if (parent !== this.#cgroupParent) await sweepCgroups(parent, kept)
    }
    this.#shared.sweep()
  }

  /** What this life could not remove the warden of that one may have removed since. */
  #forgetGone(): void {
    for (const [id, { life }] of this.#left) {
      const isThere = namesIn(join(life, 'c')).includes(id) || namesIn(join(life, 'state')).includes(id)
      if (!isThere) this.#left.delete(id)
    }
  }

  async #removeLeft(life: string, id: string): Promise<void> {
    const { instance, runtime, log } = this.#parts
    for (let tries = 0; ; tries += 1) {
      try {
        await deleteContainer(runtime, join(life, 'state'), id)
        await sweepCgroup(`${componentCgroup(instance, basename(life))}/${id}`)
        await removeFolders([join(life, 'c', id)])
        this.#left.delete(id)
        return
      } catch (error) {
        // The warden of that life may be removing the same things at this moment.
        if (tries < raceTries) {
          await sleep(100)
          continue
        }
        log.warn('a container of an earlier life could not be removed', { id, error: String(error) })
        this.#left.set(id, { life, name: id.split('-').slice(2, -1).join('-') })
        return
      }
    }
  }
}

/** Again and again: who runs it, or a warden, may be removing it at the same time. Fails with LAUNCH_FAILED. */
async function deleteContainer(runtime: OciRuntime, state: string, id: string): Promise<void> {
  for (let tries = 0; namesIn(state).includes(id); tries += 1) {
    try {
      await callRuntime(runtime, state, ['delete', '--force', id])
    } catch (error) {
      if (tries === removalTries && namesIn(state).includes(id)) throw error
    }
    if (namesIn(state).includes(id)) await sleep(100)
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
