import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  codedError,
  type ComponentContext,
  type ComponentModule,
  type ContractDefinition,
  type DriverSet,
  type Implementation,
  type Instance,
  type Logger,
  type NamedDriver,
  type RunningComponent,
} from '@moby/contracts'

/** Components started by hand, without the kernel, in the order in which they are added. */
export class ComponentDrivers {
  readonly #instance: Instance
  readonly #log: Logger
  readonly #drivers: { contract: string; name: string; handle: unknown }[] = []
  readonly running: { readonly name: string; readonly component: RunningComponent }[] = []

  constructor(instance: Instance, log: Logger) {
    this.#instance = instance
    this.#log = log
  }

  folders(name: string): { data: string; run: string } {
    const folders = { data: join(this.#instance.dataRoot, name), run: join(this.#instance.runRoot, name) }
    for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 })
    return folders
  }

  /** Creates a component; its contracts are there for those that come after it. */
  async add(name: string, module: ComponentModule<never>, options: { driver?: string; config?: object } = {}) {
    const context = this.context(name, options.config ?? {})
    const component = await (module as ComponentModule).create(context)
    for (const [contract, handle] of Object.entries(component.provides)) {
      this.#drivers.push({ contract, name: options.driver ?? name, handle })
    }
    this.running.push({ name, component })
    return component
  }

  provide(contract: string, name: string, handle: unknown): void {
    this.#drivers.push({ contract, name, handle })
  }

  context(name: string, config: object): ComponentContext {
    return {
      name,
      component: { name, version: '0.1.0' },
      config: config as Readonly<Record<string, unknown>>,
      instance: this.#instance,
      folders: this.folders(name),
      assembly: { name: 'test', version: '0.0.0', members: () => [], watch: () => () => undefined },
      log: this.#log,
      signal: new AbortController().signal,
      one: (contract) => this.set(contract).list()[0]?.handle ?? this.#missing(contract.id),
      maybe: (contract) => this.set(contract).list()[0]?.handle,
      many: (contract) => this.set(contract),
      degraded: () => undefined,
      offer: (contract, driver, handle) => {
        const offered = { contract: contract.id, name: driver, handle }
        this.#drivers.push(offered)
        return () => void this.#drivers.splice(this.#drivers.indexOf(offered), 1)
      },
    }
  }

  set<C extends ContractDefinition>(contract: C): DriverSet<C> {
    const list = () =>
      this.#drivers
        .filter((driver) => driver.contract === contract.id)
        .map(({ name, handle }): NamedDriver<C> => ({ name, component: name, handle: handle as Implementation<C> }))
    return {
      list,
      has: (name) => list().some((driver) => driver.name === name),
      get: (name) => list().find((driver) => driver.name === name)?.handle ?? this.#missing(`${contract.id} "${name}"`),
    }
  }

  #missing(what: string): never {
    throw codedError('DRIVER_UNKNOWN', `no driver ${what}`)
  }
}
