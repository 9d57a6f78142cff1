import { join } from 'node:path'
import { codedError, componentLauncher, implement, type Implementation, type RequestOf } from '@moby/contracts'
import { FakePlugin } from './fake-plugin.ts'

export type Launch = RequestOf<typeof componentLauncher, 'launch'>

interface Running {
  readonly plugin: FakePlugin | undefined
  readonly ended: PromiseWithResolvers<number>
}

/** Starts a fake plugin where a launcher would start a container. */
export class FakeLauncher {
  readonly launches: Launch[] = []
  readonly running = new Map<string, Running>()
  /** Of each plugin that is started from now on. */
  answers: FakePlugin['answers'] = {}
  /** It ends at once with that status, having written this. */
  failure: { readonly status: number; readonly words: string } | undefined

  readonly api: Implementation<typeof componentLauncher> = implement(componentLauncher, {
    launch: async (request) => {
      this.launches.push(request)
      const id = `c${this.launches.length}`
      const ended = Promise.withResolvers<number>()
      const folder = request.foreign?.mounts?.find(({ target }) => target === '/run/docker/plugins')?.source ?? ''
      // Managed plugins need not know what they are asked at their start.
      const plugin =
        this.failure === undefined
          ? await FakePlugin.start(join(folder, 'all.sock'), [], {
              'Plugin.Activate': (_call, response) => void response.writeHead(404).end('404 page not found\n'),
              ...this.answers,
            })
          : undefined
      if (this.failure !== undefined) ended.resolve(this.failure.status)
      this.running.set(id, { plugin, ended })
      return { id, pid: 1 }
    },
    wait: async ({ id }) => ({ exitCode: await this.#get(id).ended.promise, exitedAt: '2026-01-01T00:00:00Z' }),
    logs: () => this.#words(),
    kill: async ({ id }) => {
      await this.end(id, 143)
      return {}
    },
    remove: async ({ id }) => {
      if (this.running.has(id)) await this.end(id, 137)
      this.running.delete(id)
      return {}
    },
    list: async () => ({ containers: [] }),
  })

  /** The plugin that was started last. */
  get plugin(): FakePlugin {
    const found = [...this.running.values()].at(-1)?.plugin
    if (found === undefined) throw new Error('no plugin runs')
    return found
  }

  /** Ends a container, as it ends by itself. */
  async end(id = `c${this.launches.length}`, status = 1): Promise<void> {
    const { plugin, ended } = this.#get(id)
    await plugin?.stop()
    ended.resolve(status)
  }

  async *#words() {
    if (this.failure !== undefined) yield { output: 'stderr' as const, data: Buffer.from(`${this.failure.words}\n`) }
  }

  #get(id: string): Running {
    const found = this.running.get(id)
    if (found === undefined) throw codedError('LAUNCH_UNKNOWN', `no container ${id}`)
    return found
  }
}
