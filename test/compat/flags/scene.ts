import { execa } from 'execa'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dockerdFolder } from '../../peers/dockerd.ts'
import { RegistryPeer } from '../../peers/registry.ts'
import type { Subject } from '../subject.ts'
import { Forward } from './forward.ts'
import { SearchServer } from './search-server.ts'

/** What the lines of one engine find around them: files, a registry that the engine reaches as well. */
export class Scene {
  readonly subject: Subject
  readonly folder: string
  /** Addresses that the engine reaches, by their word in a line. */
  readonly #hosts = new Map<string, string>()
  readonly #ends: (() => Promise<void>)[] = []

  private constructor(subject: Subject, folder: string) {
    this.subject = subject
    this.folder = folder
  }

  static async make(subject: Subject): Promise<Scene> {
    const scene = new Scene(subject, await mkdtemp(join(tmpdir(), 'moby-flags-')))
    try {
      await writeFiles(scene.folder)
      await scene.#serve('registry', await RegistryPeer.start({ auth: 'basic' }))
      await scene.#serve('search', await SearchServer.start())
      return scene
    } catch (error) {
      await scene.end()
      throw error
    }
  }

  async #serve(name: string, server: { readonly host: string; stop(): Promise<unknown> }): Promise<void> {
    this.#ends.push(async () => void (await server.stop()))
    this.#hosts.set(name, server.host)
    const { pid } = this.subject.facts
    if (pid === undefined) return
    const forward = await Forward.start(pid, server.host, join(this.folder, `to-${name}`))
    this.#ends.push(() => forward.stop())
  }

  /** Puts what is of this engine into the place of `{folder}`, `{socket}`, `{registry}` and `{search}`. */
  fill(line: string): string {
    const filled = line.replaceAll('{folder}', this.folder).replaceAll('{socket}', this.subject.facts.socket)
    return [...this.#hosts].reduce((text, [name, host]) => text.replaceAll(`{${name}}`, host), filled)
  }

  /** The other way round, for answers. */
  unfill(text: string): string {
    const plain = text.replaceAll(this.folder, '<folder>').replaceAll(this.subject.facts.socket, '<socket>')
    return [...this.#hosts]
      .reduce((rest, [name, host]) => rest.replaceAll(host, `<${name}>`), plain)
      .replaceAll(dockerdFolder, '')
  }

  async end(): Promise<void> {
    for (const end of this.#ends.toReversed()) await end()
    await rm(this.folder, { recursive: true, force: true })
  }
}

async function writeFiles(folder: string): Promise<void> {
  const files = {
    environment: '# a comment\nFROM_FILE=one\nPATH_OF=/a:/b\n',
    labels: 'from.file=one\nempty\n',
    'context/Dockerfile': [
      'FROM busybox AS first',
      'ARG WORD=none',
      'RUN echo "$WORD" > /word; cat /etc/hosts > /hosts; cat /sys/fs/cgroup/memory/memory.limit_in_bytes > /limit 2>&1; ulimit -n > /files; df -k /dev/shm | tail -1 > /shm; ls /sys/class/net > /links',
      'FROM first',
      'COPY file /file',
      'CMD ["cat", "/word"]',
      '',
    ].join('\n'),
    'context/other.Dockerfile': 'FROM busybox\nLABEL other=yes\n',
    'context/file': 'content\n',
    'stack.yaml': 'services:\n  one:\n    image: busybox\n',
    'plugin/config.json': pluginConfig('of a test'),
    'plugin/rootfs/etc/name': 'plugin\n',
    // dockerd pushes no plugin that has contents of another.
    'other-plugin/config.json': pluginConfig('of another test'),
    'other-plugin/rootfs/etc/name': 'another\n',
  }
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  await execa('tar', ['-C', join(folder, 'context'), '-cf', join(folder, 'tree.tar'), 'file'])
}

function pluginConfig(description: string): string {
  return JSON.stringify({
    description,
    documentation: '',
    entrypoint: ['/bin/sh', '-c', 'sleep 100'],
    env: [{ name: 'WORD', description: 'a word', settable: ['value'], value: 'none' }],
    interface: { socket: 'never.sock', types: ['docker.volumedriver/1.0'] },
    linux: {},
    network: { type: 'none' },
    args: {},
  })
}
