import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, open, readFile, rm, symlink } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'

/** Where `make-dockerd` puts the peer unless the environment says otherwise. */
export const dockerdFolder = process.env['MOBY_PEER_DOCKERD'] ?? '/var/tmp/moby-peers/dockerd'

export interface DockerdPeerOptions {
  /** False: it shares the network namespace of the caller, as one must that is to reach a registry on loopback. */
  readonly ownNetwork?: boolean
  /** False: no bridge and no rules, so that a shared network stays as it is; containers have `none` or `host`. */
  readonly bridge?: boolean
  /** Further words of its command line. */
  readonly args?: readonly string[]
}

const withoutBridge = [
  '--bridge=none',
  '--iptables=false',
  '--ip6tables=false',
  '--ip-forward=false',
  '--userland-proxy=false',
]

/** A real dockerd, in mount and network namespaces of its own, so that nothing of it outlasts it. */
export class DockerdPeer {
  readonly socket: string
  readonly #state: string
  readonly #child: ReturnType<typeof spawn>

  private constructor(state: string, child: ReturnType<typeof spawn>) {
    this.#state = state
    this.socket = join(state, 'docker.sock')
    this.#child = child
  }

  /** True when the peer has been installed. */
  static get present(): boolean {
    return existsSync(join(dockerdFolder, 'usr/sbin/dockerd'))
  }

  /** Makes a folder that has the same path for the caller and for the peer, as one must that is mounted. */
  static async sharedFolder(prefix: string): Promise<string> {
    const link = join(dockerdFolder, dockerdFolder)
    await mkdir(dirname(link), { recursive: true })
    // The peer's root is this folder: what begins with its path begins at the root there.
    await symlink('/', link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    return await mkdtemp(join(dockerdFolder, 'srv', prefix))
  }

  static async start(options: DockerdPeerOptions = {}): Promise<DockerdPeer> {
    await mkdir(join(dockerdFolder, 'srv'), { recursive: true })
    const state = await mkdtemp(join(dockerdFolder, 'srv/d-'))
    const inside = state.slice(dockerdFolder.length)
    const args = [...(options.bridge === false ? withoutBridge : []), ...(options.args ?? [])]
    const log = await open(join(state, 'log'), 'a')
    // dockerd remounts its root when it unpacks layers, so its folder has to be one: a plain chroot is not.
    const script = [
      `mount --bind ${dockerdFolder} ${dockerdFolder}`,
      `cd ${dockerdFolder}`,
      'for each in proc sys dev; do mount --rbind /$each $each; done',
      'ip link set lo up',
      'mkdir -p mnt/host',
      'pivot_root . mnt/host',
      'umount -l /mnt/host',
      `exec dockerd --data-root ${inside}/data --exec-root ${inside}/exec --pidfile ${inside}/pid --host unix://${inside}/docker.sock --storage-driver overlay2 "$@"`,
    ].join('\n')
    const child = spawn(
      'unshare',
      ['--mount', ...(options.ownNetwork === false ? [] : ['--net']), 'sh', '-ec', script, 'dockerd', ...args],
      {
        stdio: ['ignore', log.fd, log.fd],
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      },
    )
    await log.close()
    const peer = new DockerdPeer(state, child)
    for (let tries = 0; tries < 600; tries += 1) {
      if (child.exitCode !== null) break
      const { exitCode } = await execa('docker', ['version'], { env: peer.environment(), reject: false })
      if (exitCode === 0) return peer
      await sleep(50)
    }
    const text = await readFile(join(state, 'log'), 'utf8')
    child.kill('SIGKILL')
    throw new Error(`dockerd did not start:\n${text.split('\n').slice(-20).join('\n')}`)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  environment(): Record<string, string> {
    return { DOCKER_HOST: `unix://${this.socket}`, DOCKER_CONFIG: join(this.#state, 'client') }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGTERM')
    await ended
    await rm(this.#state, { recursive: true, force: true })
  }
}
