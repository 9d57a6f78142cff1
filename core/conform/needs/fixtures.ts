import type { ContractDefinition, Implementation } from '@moby/contracts'
import { layerFixtures } from './layers.ts'
import { networkFixtures } from './network.ts'
import { runtimeFixtures } from './runtime.ts'

/** What the host and the driver itself can give to the cases of a contract. */
export interface Fixtures {
  readonly given: Readonly<Record<string, unknown>>
  /** Takes everything away again that the cases left. */
  close(): Promise<void>
}

/** Makes the fixtures of a contract; `root` is a short path of an empty folder. */
export type MakeFixtures = (root: string, driver: Implementation<ContractDefinition>) => Promise<Fixtures>

/** Fixtures by contract; a contract that is not here needs none that a host could give. */
const makers: Readonly<Record<string, MakeFixtures>> = {
  'storage.volume': async () => only({ hostFiles: true }),
  'storage.layers': layerFixtures,
  'network.driver': networkFixtures,
  runtime: runtimeFixtures,
  'log.driver': async (_root, driver) => {
    const capabilities = (driver as unknown as { capabilities(request: object): Promise<{ read: boolean }> })
      .capabilities
    return only((await capabilities({})).read ? { readable: true } : {})
  },
}

/** The fixtures that this command can make for a contract without being told anything. */
export async function makeFixtures(contract: string, root: string, driver: unknown): Promise<Fixtures> {
  const make = Object.hasOwn(makers, contract) ? makers[contract] : undefined
  return make === undefined ? only({}) : await make(root, driver as Implementation<ContractDefinition>)
}

/** Fixtures that leave nothing behind. */
export function only(given: Readonly<Record<string, unknown>>): Fixtures {
  return { given, close: async () => undefined }
}
