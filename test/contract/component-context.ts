import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  codedError,
  type ComponentContext,
  type ComponentModule,
  type ContractDefinition,
  type Descriptor,
  type DriverSet,
  type Implementation,
  type Logger,
  type RunningComponent,
} from '@moby/contracts'
import { parse } from 'yaml'

/** Another component that the one under test requires. */
export interface Neighbour {
  /** Folder under plugins/. */
  readonly plugin: string
  readonly config?: Readonly<Record<string, unknown>>
  /** Name of its driver. */
  readonly name?: string
  /** What it requires itself. */
  readonly neighbours?: readonly Neighbour[]
}

interface Handle {
  readonly contract: string
  readonly name: string
  readonly handle: unknown
}

export interface ComponentSetting {
  /** Folder under plugins/. */
  readonly plugin: string
  readonly config?: Readonly<Record<string, unknown>>
  /** Folder for everything that the component keeps; the same folder again is a restart. */
  readonly root: string
  readonly neighbours?: readonly Neighbour[]
}

const plugins = join(import.meta.dirname, '../../plugins')
const silent: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

function ignore(): void {}

/** Creates a component and those that it requires as the kernel would, without a kernel. */
export async function createComponent(setting: ComponentSetting): Promise<RunningComponent> {
  const neighbours: { readonly running: RunningComponent; readonly name: string }[] = []
  for (const { name, ...neighbour } of setting.neighbours ?? []) {
    const root = join(setting.root, neighbour.plugin)
    neighbours.push({ running: await createComponent({ ...neighbour, root }), name: name ?? neighbour.plugin })
  }
  const handles = neighbours.flatMap(({ running, name }) =>
    Object.entries(running.provides).map(([contract, handle]) => ({ contract, name, handle })),
  )
  const folder = join(plugins, setting.plugin)
  const module = (await import(join(folder, 'index.ts'))) as { default: ComponentModule }
  const running = await module.default.create(await contextFor(setting, folder, handles))
  await running.start?.()
  return {
    provides: running.provides,
    async stop(reason) {
      await running.stop?.(reason)
      for (const neighbour of neighbours) await neighbour.running.stop?.(reason)
    },
  }
}

async function contextFor(
  setting: ComponentSetting,
  folder: string,
  handles: readonly Handle[],
): Promise<ComponentContext> {
  const descriptor = parse(await readFile(join(folder, 'component.yaml'), 'utf8')) as Descriptor
  const folders = { data: join(setting.root, 'data'), run: join(setting.root, 'run') }
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true, mode: 0o700 })
  return {
    name: setting.plugin,
    component: { name: descriptor.name, version: descriptor.version },
    config: Object.freeze({ ...defaultsOf(descriptor), ...setting.config }),
    instance: {
      id: createHash('sha256').update(setting.root).digest('hex').slice(0, 8),
      dataRoot: setting.root,
      runRoot: setting.root,
    },
    folders,
    assembly: { name: 'contract-test', version: '0.0.0', members: () => [], watch: () => () => undefined },
    log: silent,
    signal: new AbortController().signal,
    degraded: ignore,
    offer: () => ignore,
    ...lookUpIn(handles),
  }
}

function defaultsOf(descriptor: Descriptor): Record<string, unknown> {
  const properties = (descriptor.config?.['properties'] ?? {}) as Record<string, { default?: unknown }>
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, schema]) => ('default' in schema ? [[key, schema.default]] : [])),
  )
}

function lookUpIn(handles: readonly Handle[]): Pick<ComponentContext, 'one' | 'maybe' | 'many'> {
  const all = <C extends ContractDefinition>(contract: C) =>
    handles
      .filter((each) => each.contract === contract.id)
      .map(({ name, handle }) => ({ name, component: name, handle: handle as Implementation<C> }))
  const unknown = (what: string) => codedError('DRIVER_UNKNOWN', `the test gives no ${what}`)
  return {
    maybe: (contract) => all(contract)[0]?.handle,
    one: (contract) => {
      const [first] = all(contract)
      if (first === undefined) throw unknown(contract.id)
      return first.handle
    },
    many: <C extends ContractDefinition>(contract: C): DriverSet<C> => ({
      list: () => all(contract),
      has: (name) => all(contract).some((each) => each.name === name),
      get: (name) => {
        const found = all(contract).find((each) => each.name === name)
        if (found === undefined) throw unknown(`${contract.id} named ${name}`)
        return found.handle
      },
    }),
  }
}
