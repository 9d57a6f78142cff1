import type { ComponentModule } from '@moby/contracts'
import { loadModule } from '../kernel/load-module.ts'
import { withDeadline } from './deadline.ts'
import type { Member } from './member.ts'
import type { Runner, Running, Surroundings } from './runner.ts'

/** Runs components in this process, with its full trust. */
export class ModuleRunner implements Runner {
  readonly #modules = new WeakMap<Member, Promise<ComponentModule<never>>>()

  prepare(member: Member): void {
    this.#load(member).catch(() => undefined)
  }

  async create(member: Member, { context, startDeadlineMs, stopDeadlineMs }: Surroundings): Promise<Running> {
    const created = this.#load(member).then((module) => module.create(context as never))
    const running = await withDeadline(
      created,
      startDeadlineMs,
      `The creation of ${member.title}`,
      (late) => void late.stop?.('leave-containers').catch(() => undefined),
    )
    return {
      provides: running.provides,
      ...(running.start === undefined ? {} : { start: () => running.start?.() ?? Promise.resolve() }),
      ...(running.discover === undefined ? {} : { discover: (contract, name) => running.discover?.(contract, name) }),
      ...(running.remind === undefined ? {} : { remind: async (...args) => await running.remind?.(...args) }),
      ...(running.holds === undefined ? {} : { holds: (...args) => running.holds?.(...args) ?? [] }),
      ...(running.reconfigure === undefined
        ? {}
        : { reconfigure: async (config) => (await running.reconfigure?.(config)) ?? (() => undefined) }),
      stop: async (reason) => {
        const work = running.stop?.(reason) ?? Promise.resolve()
        await withDeadline(work, stopDeadlineMs, `The stop of ${member.title}`)
      },
    }
  }

  #load(member: Member): Promise<ComponentModule<never>> {
    const known = this.#modules.get(member)
    if (known !== undefined) return known
    const module = loadModule(member.folder, member.descriptor)
    this.#modules.set(member, module)
    return module
  }
}
