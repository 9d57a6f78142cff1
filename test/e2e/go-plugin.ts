import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { until } from './until.ts'

const source = join(import.meta.dirname, '../../examples/06-docker-volume-plugin')

/** The volume plugin of example 06, built from its source: a process that knows nothing of this project. */
export class GoPlugin {
  /** Where engines look for plugins; this one is `folders` there. */
  readonly folder: string
  readonly socket: string
  readonly #root: string
  #child: ChildProcess | undefined

  private constructor(root: string) {
    this.#root = root
    this.folder = join(root, 'plugins')
    this.socket = join(this.folder, 'folders.sock')
  }

  static async build(): Promise<GoPlugin> {
    const plugin = new GoPlugin(await mkdtemp(join(tmpdir(), 'moby-go-')))
    await mkdir(plugin.folder)
    await execa('go', ['build', '-o', join(plugin.#root, 'foldervolumes'), '.'], {
      cwd: source,
      env: {
        CGO_ENABLED: '0',
        GOCACHE: process.env['GOCACHE'] ?? join(tmpdir(), 'moby-go-cache'),
        GOFLAGS: '-mod=mod',
        GOPROXY: 'off',
      },
    })
    return plugin
  }

  /** The program: one file that needs no other. */
  get program(): string {
    return join(this.#root, 'foldervolumes')
  }

  /** Folder of the files of a volume. */
  files(volume: string): string {
    return join(this.#root, 'volumes/data', volume)
  }

  async start(): Promise<void> {
    await rm(this.socket, { force: true })
    this.#child = spawn(
      join(this.#root, 'foldervolumes'),
      ['-socket', this.socket, '-root', join(this.#root, 'volumes')],
      { stdio: 'ignore' },
    )
    await until(async () => await isListening(this.socket))
  }

  /** By SIGKILL: its socket stays as a file at which nobody listens. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }

  /** Stops it where it stands, so that it takes calls and answers none. */
  freeze(frozen: boolean): void {
    this.#child?.kill(frozen ? 'SIGSTOP' : 'SIGCONT')
  }

  async remove(): Promise<void> {
    await this.kill()
    await rm(this.#root, { recursive: true, force: true })
  }
}

/** The file of a socket is there before anybody listens at it. */
function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const tell = (listening: boolean) => {
      socket.destroy()
      resolve(listening)
    }
    socket.once('connect', () => tell(true)).once('error', () => tell(false))
  })
}
