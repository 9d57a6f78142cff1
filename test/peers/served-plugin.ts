import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, open, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { dockerdFolder } from './dockerd.ts'

const root = join(import.meta.dirname, '../..')

const manifest = `assembly: served
version: 1.0.0
components:
  state: { use: moby/state-sqlite }
  volumes: { use: moby/volume-local }
  logs: { use: moby/log-json-file }
  addresses: { use: moby/ipam-pool }
  network: { use: moby/network-bridge }
  rules:
    use: moby/auth-rules
    config:
      otherwise: allow
      rules:
        - operations: [containers.create]
          request: { body.HostConfig.Privileged: [true] }
          verdict: deny
          message: nobody makes privileged containers here
        - operations: [containers.remove, containers.stop, containers.kill]
          objects: [kept-*]
          verdict: deny
          message: what is kept stays
`

export interface ServedPluginOptions {
  /** A process whose network it is in; absent: that of the caller. */
  readonly networkOf?: number
}

/** `moby serve-docker-plugin` for the peer dockerd: as a process that sees that engine's /run/docker. */
export class ServedPlugin {
  /** Name of the plugin in that engine. */
  readonly name: string
  readonly dataRoot: string
  readonly #log: string
  readonly #child: ChildProcess

  private constructor(dataRoot: string, child: ChildProcess) {
    this.dataRoot = dataRoot
    this.name = basename(dataRoot)
    this.#log = join(dataRoot, 'log')
    this.#child = child
  }

  /** Serves these entries of an assembly with volumes, logs, addresses, network and rules. */
  static async start(entries: readonly string[], options: ServedPluginOptions = {}): Promise<ServedPlugin> {
    await mkdir(join(dockerdFolder, 'srv'), { recursive: true })
    await mkdir(join(dockerdFolder, 'run/docker/plugins'), { recursive: true })
    await showOwnPath()
    const dataRoot = await mkdtemp(join(dockerdFolder, 'srv/moby-plugin-'))
    const assembly = join(dataRoot, 'assembly')
    await mkdir(assembly)
    await writeFile(join(assembly, 'moby.yaml'), manifest)
    const socket = `/run/docker/plugins/${basename(dataRoot)}.sock`
    const script = [
      'mount -t tmpfs none /run',
      'mkdir /run/docker',
      `mount --bind ${dockerdFolder}/run/docker /run/docker`,
      'exec "$@"',
    ].join('\n')
    const words = [
      join(root, 'node_modules/.bin/moby'),
      'serve-docker-plugin',
      '--assembly',
      join(assembly, 'moby.yaml'),
    ]
    const log = await open(join(dataRoot, 'log'), 'a')
    const { networkOf } = options
    const child = spawn(
      'nsenter',
      [
        ...(networkOf === undefined ? [] : [`--net=/proc/${networkOf}/ns/net`]),
        '--',
        'unshare',
        '--mount',
        'sh',
        '-ec',
        script,
        'serve',
        ...words,
        '--data-root',
        join(dataRoot, 'state'),
        '--socket',
        socket,
        ...entries,
      ],
      { stdio: ['ignore', log.fd, log.fd], cwd: root },
    )
    await log.close()
    const plugin = new ServedPlugin(dataRoot, child)
    for (let tries = 0; tries < 600 && child.exitCode === null; tries += 1) {
      if (existsSync(join(dockerdFolder, socket))) return plugin
      await sleep(50)
    }
    throw new Error(`the plugin did not start:\n${await plugin.log()}`)
  }

  async log(): Promise<string> {
    return await readFile(this.#log, 'utf8')
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve))
      this.#child.kill('SIGTERM')
      await ended
    }
    await rm(this.dataRoot, { recursive: true, force: true })
  }
}

/** Within the peer its own folder is the root: a link makes paths of this host valid there too. */
async function showOwnPath(): Promise<void> {
  const link = join(dockerdFolder, dockerdFolder)
  await mkdir(dirname(link), { recursive: true })
  if (!existsSync(link)) await symlink('/', link)
}
