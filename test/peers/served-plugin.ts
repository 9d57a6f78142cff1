import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, open, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { dockerdFolder } from './dockerd.ts'

const root = join(import.meta.dirname, '../..')

/** A policy with nothing of this project but the marks: nobody makes privileged containers. */
const judge = {
  'component.yaml': [
    'name: test/judge',
    'version: 1.0.0',
    'description: Nobody makes privileged containers',
    'modes: [module]',
    'entry: ./index.js',
    'provides: [{ contract: auth.authorize, version: 0.1.0, driver: judge }]',
    '',
  ].join('\n'),
  'index.js': `
    export default {
      [Symbol.for('moby.component')]: true,
      async create() {
        return {
          provides: {
            'auth.authorize': {
              async authorize({ operation }) {
                const privileged = operation.name === 'containers.create' && operation.request.body?.HostConfig?.Privileged
                return privileged ? { allow: false, message: 'nobody makes privileged containers here' } : { allow: true }
              },
              async authorizeResponse() { return { allow: true } },
            },
          },
        }
      },
    }
  `,
}

const manifest = `assembly: served
version: 1.0.0
components:
  state: { use: moby/state-sqlite }
  volumes: { use: moby/volume-local }
  logs: { use: moby/log-json-file }
  addresses: { use: moby/ipam-pool }
  judge: { use: test/judge, from: "folder:./judge" }
`

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

  /** Serves these entries of an assembly with volumes, logs, addresses and a judge. */
  static async start(entries: readonly string[]): Promise<ServedPlugin> {
    await mkdir(join(dockerdFolder, 'srv'), { recursive: true })
    await mkdir(join(dockerdFolder, 'run/docker/plugins'), { recursive: true })
    await showOwnPath()
    const dataRoot = await mkdtemp(join(dockerdFolder, 'srv/moby-plugin-'))
    const assembly = join(dataRoot, 'assembly')
    await mkdir(join(assembly, 'judge'), { recursive: true })
    await writeFile(join(assembly, 'moby.yaml'), manifest)
    for (const [file, text] of Object.entries(judge)) await writeFile(join(assembly, 'judge', file), text)
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
    const child = spawn(
      'unshare',
      [
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
