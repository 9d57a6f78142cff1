import { join } from 'node:path'
import {
  codedError,
  type ComponentContext,
  type ContractDefinition,
  type Implementation,
  type Logger,
} from '@moby/contracts'
import { PluginShelf, type ShelfConfig } from '../plugin-shelf.ts'

/** A shelf with what it offers, without a kernel. */
export class TestShelf {
  readonly offers = new Map<string, unknown>()
  readonly degradations: (string | undefined)[] = []
  readonly lines: string[] = []
  readonly shelf: PluginShelf
  /** Names that others have. */
  readonly taken = new Set<string>()

  constructor(root: string, config: Partial<ShelfConfig> = {}) {
    const note =
      (level: string) =>
      (message: string, fields = {}) =>
        this.lines.push(`${level} ${message} ${JSON.stringify(fields)}`)
    const log: Logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
    const context: Pick<ComponentContext<ShelfConfig>, 'config' | 'folders' | 'log' | 'offer' | 'degraded'> = {
      config: {
        pluginDirs: [join(root, 'plugins')],
        authorizationPlugins: [],
        waitMs: 200,
        forgetMs: 50,
        deadlines: {},
        ...config,
      },
      folders: { data: join(root, 'data'), run: join(root, 'run') },
      log,
      degraded: (reason) => this.degradations.push(reason),
      offer: (contract, name, driver) => {
        const key = `${contract.id} ${name}`
        if (this.taken.has(key) || this.offers.has(key)) throw codedError('DRIVER_NAME_TAKEN', `${key} is taken`)
        this.offers.set(key, driver)
        return () => this.offers.delete(key)
      },
    }
    this.shelf = new PluginShelf(context)
  }

  /** The driver of that name, looked for as the kernel does it. */
  driver<C extends ContractDefinition>(contract: C, name: string): Implementation<C> {
    const key = `${contract.id} ${name}`
    if (!this.offers.has(key)) this.shelf.discover(contract.id, name)
    const driver = this.offers.get(key)
    if (driver === undefined) throw codedError('DRIVER_UNKNOWN', `no ${key}`)
    return driver as Implementation<C>
  }
}
