import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { dockerdFolder } from './dockerd.ts'

export interface ToolResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface ToolOptions {
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  /** 120 s unless given. */
  readonly timeoutMs?: number
}

type Tool = 'skopeo' | 'buildah' | 'podman' | 'umoci'

/** How podman and buildah keep layers: `vfs`, unless given, works on every file system. */
export type ToolStorage = 'vfs' | 'overlay'

/**
 * The image tools that `make-image-tools` installs, with images, locks and mounts of their own, so that
 * several sets run side by side and nothing of them outlasts `remove`. They share the network of the
 * caller and see the host's `/tmp` and this set's `folder` under the same paths as the caller does.
 */
export class ImageTools {
  /** For files that pass between the caller and the tools. */
  readonly folder: string
  readonly #holder: ChildProcess
  readonly #storage: ToolStorage

  private constructor(folder: string, holder: ChildProcess, storage: ToolStorage) {
    this.folder = folder
    this.#holder = holder
    this.#storage = storage
  }

  /** True when the tools have been installed. */
  static get present(): boolean {
    return ['skopeo', 'buildah', 'podman', 'umoci'].every((tool) => existsSync(join(dockerdFolder, 'usr/bin', tool)))
  }

  static async start(storage: ToolStorage = 'vfs'): Promise<ImageTools> {
    if (!ImageTools.present)
      throw new Error('The image tools are not here: run test/peers/make-image-tools FOLDER and set MOBY_PEER_DOCKERD')
    const folder = await mkdtemp(join(tmpdir(), 'moby-tools-'))
    await writeConfiguration(folder)
    const holder = spawn('unshare', ['--mount', 'sh', '-ec', enterScript(folder)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    })
    await untilReady(holder)
    return new ImageTools(folder, holder, storage)
  }

  /** Lets the tools speak HTTP, or TLS that nobody vouches for, to this registry: HOST:PORT. */
  async trust(registry: string): Promise<void> {
    const entry = `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`
    await appendFile(join(this.folder, 'registries.conf'), entry)
  }

  /** Where a path of the tools' world is for the caller: what buildah mounted, say. */
  seenFromHost(path: string): string {
    return `/proc/${this.#holder.pid}/root${path}`
  }

  skopeo(args: readonly string[], options?: ToolOptions): Promise<string> {
    return this.#insist('skopeo', args, options)
  }

  buildah(args: readonly string[], options?: ToolOptions): Promise<string> {
    return this.#insist('buildah', args, options)
  }

  podman(args: readonly string[], options?: ToolOptions): Promise<string> {
    return this.#insist('podman', args, options)
  }

  umoci(args: readonly string[], options?: ToolOptions): Promise<string> {
    return this.#insist('umoci', args, options)
  }

  /** The same for a call that may fail. */
  async run(tool: Tool, args: readonly string[], options: ToolOptions = {}): Promise<ToolResult> {
    const inside = [...wordsBefore(tool, this.folder, this.#storage), ...args]
    const result = await execa('nsenter', ['-t', String(this.#holder.pid), '-m', '-r', '-w', tool, ...inside], {
      reject: false,
      timeout: options.timeoutMs ?? 120_000,
      extendEnv: false,
      env: { ...environment(this.folder), ...options.env },
      ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    })
    return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr }
  }

  async remove(): Promise<void> {
    const ended = new Promise((resolve) => this.#holder.once('exit', resolve))
    this.#holder.kill('SIGKILL')
    await ended
    await rm(this.folder, { recursive: true, force: true })
  }

  async #insist(tool: Tool, args: readonly string[], options?: ToolOptions): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(tool, args, options)
    if (exitCode !== 0) throw new Error(`${tool} ${args.join(' ')} ended with ${exitCode}: ${stderr || stdout}`)
    return stdout
  }
}

/** Locks are files, so that sets of tools do not share them. */
async function writeConfiguration(folder: string): Promise<void> {
  await mkdir(join(folder, 'home'))
  await writeFile(join(folder, 'auth.json'), '{}')
  await writeFile(join(folder, 'registries.conf'), '')
  await writeFile(
    join(folder, 'containers.conf'),
    '[engine]\nlock_type = "file"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n',
  )
}

/** The peer's folder becomes the root of a mount namespace that lives as long as this script. */
function enterScript(folder: string): string {
  return [
    `mount --bind ${dockerdFolder} ${dockerdFolder}`,
    `cd ${dockerdFolder}`,
    'for each in proc sys dev tmp; do mount --rbind /$each $each; done',
    `mkdir -p ./${folder}`,
    `mount --bind ${folder} ./${folder}`,
    `mount --bind ${folder}/registries.conf etc/containers/registries.conf`,
    'mount -t tmpfs tmpfs run',
    'mount -t tmpfs tmpfs dev/shm',
    'mkdir -p mnt/host',
    'pivot_root . mnt/host',
    'umount -l /mnt/host',
    'echo ready',
    'exec sleep infinity',
  ].join('\n')
}

async function untilReady(holder: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let errors = ''
    holder.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    holder.stdout?.once('data', () => resolve())
    holder.once('error', reject)
    holder.once('exit', (code) => reject(new Error(`The image tools did not start (${code}): ${errors}`)))
  })
}

function wordsBefore(tool: Tool, folder: string, storage: ToolStorage): readonly string[] {
  const store = ['--root', join(folder, tool, 'root'), '--runroot', join(folder, tool, 'run')]
  if (tool === 'buildah') return [...store, '--storage-driver', storage]
  if (tool === 'podman') return [...store, '--storage-driver', storage, '--tmpdir', join(folder, tool, 'tmp')]
  return []
}

function environment(folder: string): Record<string, string> {
  return {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: join(folder, 'home'),
    TMPDIR: folder,
    CONTAINERS_CONF: join(folder, 'containers.conf'),
    REGISTRY_AUTH_FILE: join(folder, 'auth.json'),
    BUILDAH_ISOLATION: 'chroot',
  }
}
