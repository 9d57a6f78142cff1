import type { Setting, Taker } from './daemon-key.ts'

/** Makes a setting for one taker: `engine(value, 'bridge', 'mtu')`. */
function settingFor(taker: Taker) {
  return (value: unknown, ...path: readonly string[]): Setting => ({ taker, path, value })
}

export const engine = settingFor({ contract: 'engine.containers' })
export const plugins = settingFor({ contract: 'engine.plugins' })
export const addresses = settingFor({ contract: 'network.ipam', driver: 'default' })
export const bridgeDriver = settingFor({ contract: 'network.driver', driver: 'bridge' })
export const socketRights = settingFor({ contract: 'auth.authenticate', driver: 'socket' })
export const registries = settingFor({ contract: 'image.source', driver: 'oci' })
/** The one component with such a key: front-ends provide no contract. */
export const frontEnd = settingFor({})

export const metrics = settingFor({})

export function runtime(driver: string) {
  return settingFor({ contract: 'runtime', driver })
}
