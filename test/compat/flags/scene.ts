import { execa } from 'execa'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dockerdFolder } from '../../peers/dockerd.ts'
import { RegistryPeer } from '../../peers/registry.ts'
import type { Subject } from '../subject.ts'
import { Forward } from './forward.ts'

/** What the lines of one engine find around them: files, a registry that the engine reaches as well. */
export class Scene {
  readonly subject: Subject
  readonly folder: string
  readonly #registry: RegistryPeer
  readonly #forward: Forward | undefined

  private constructor(subject: Subject, folder: string, registry: RegistryPeer, forward: Forward | undefined) {
    this.subject = subject
    this.folder = folder
    this.#registry = registry
    this.#forward = forward
  }

  static async make(subject: Subject): Promise<Scene> {
    const folder = await mkdtemp(join(tmpdir(), 'moby-flags-'))
    const registry = await RegistryPeer.start({ auth: 'basic' })
    try {
      await writeFiles(folder)
      const { pid } = subject.facts
      const forward = pid === undefined ? undefined : await Forward.start(pid, registry.host, join(folder, 'forward'))
      return new Scene(subject, folder, registry, forward)
    } catch (error) {
      await registry.stop()
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** Puts what is of this engine into the place of `{folder}`, `{registry}` and `{socket}`. */
  fill(line: string): string {
    return line
      .replaceAll('{folder}', this.folder)
      .replaceAll('{registry}', this.#registry.host)
      .replaceAll('{socket}', this.subject.facts.socket)
  }

  /** The other way round, for answers. */
  unfill(text: string): string {
    return text
      .replaceAll(this.folder, '<folder>')
      .replaceAll(this.#registry.host, '<registry>')
      .replaceAll(this.subject.facts.socket, '<socket>')
      .replaceAll(dockerdFolder, '')
  }

  async end(): Promise<void> {
    await this.#forward?.stop()
    await this.#registry.stop()
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
    'plugin/config.json': JSON.stringify({
      description: 'of a test',
      documentation: '',
      entrypoint: ['/bin/sh', '-c', 'sleep 100'],
      env: [{ name: 'WORD', description: 'a word', settable: ['value'], value: 'none' }],
      interface: { socket: 'never.sock', types: ['docker.volumedriver/1.0'] },
      linux: {},
      network: { type: 'none' },
      args: {},
    }),
    'plugin/rootfs/etc/name': 'plugin\n',
  }
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  await execa('tar', ['-C', join(folder, 'context'), '-cf', join(folder, 'tree.tar'), 'file'])
}
