import { codedError, type NetworkSpec } from '@moby/contracts'
import { randomBytes } from 'node:crypto'
import { Undo } from '../concurrency/undo.ts'
import { driverName } from '../drivers/driver-name.ts'
import { unknownDriver } from '../drivers/unknown-driver.ts'
import { predefinedNames } from './default-network.ts'
import {
  checkConfiguration,
  configurationDriver,
  isConfiguration,
  withConfiguration,
} from './configuration-networks.ts'
import { createNetworkRequest } from './driver-request.ts'
import type { NetworkContext } from './network-context.ts'
import type { NetworkRecord } from './network-record.ts'
import { reservePools } from './pools.ts'

const nameRule = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/

/** Makes a network of a user. */
export async function createNetwork(context: NetworkContext, given: NetworkSpec): Promise<NetworkRecord> {
  const spec = withConfiguration(context.store, given)
  if ((predefinedNames as readonly string[]).includes(spec.name) || spec.name === 'default') {
    throw codedError('NETWORK_PREDEFINED', `operation is not permitted on predefined ${spec.name} network`)
  }
  if (!nameRule.test(spec.name)) {
    throw codedError(
      'NETWORK_NAME_INVALID',
      `invalid network name: ${spec.name.slice(0, 200)}: only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
    )
  }
  if (spec.configOnly === true) {
    checkConfiguration(spec)
    return await context.locks.run(`name:${spec.name}`, () =>
      makeNetwork(context, { spec, driver: configurationDriver, predefined: false }),
    )
  }
  const driver = driverName(context.drivers, spec.driver || 'bridge')
  if (await isSingle(context, driver)) {
    throw codedError('NETWORK_PREDEFINED', `only one instance of "${driver}" network is allowed`)
  }
  const ipam = spec.ipamDriver || context.ipamDriver
  if (context.ipam.has(ipam) && !context.ipam.has(ipam, 'new')) context.ipam.get(ipam, 'new')
  context.networking.names.expect()
  return context.locks.run(`name:${spec.name}`, () => makeNetwork(context, { spec, driver, predefined: false }))
}

/** Whether the driver has one network for all; one that nobody provides fails here. */
async function isSingle({ drivers, facts }: NetworkContext, driver: string): Promise<boolean> {
  try {
    drivers.get(driver, 'new')
    return (await facts.of(driver)).single === true
  } catch (error) {
    throw unknownDriver(error, driver, `plugin ${JSON.stringify(driver)} not found`)
  }
}

/** Makes a network, predefined or not. The record is first, so that one that was never finished is found again. */
export async function makeNetwork(
  context: NetworkContext,
  wish: { spec: NetworkSpec; driver: string; predefined: boolean },
): Promise<NetworkRecord> {
  const { spec } = wish
  if (context.store.table.values().some((network) => network.name === spec.name)) {
    throw codedError('NETWORK_NAME_IN_USE', `network with name ${spec.name} already exists`)
  }
  const facts = isConfiguration({ spec })
    ? ({ scope: 'local', addresses: false } as const)
    : await context.facts.of(wish.driver)
  const enableIpv4 = spec.enableIpv4 ?? true
  const enableIpv6 = spec.enableIpv6 ?? false
  if (!enableIpv4 && !enableIpv6) {
    throw codedError('NETWORK_OPTION_INVALID', 'IPv4 or IPv6 must be enabled')
  }
  const draft: NetworkRecord = {
    id: randomBytes(32).toString('hex'),
    name: spec.name,
    createdAt: context.clock.now(),
    predefined: wish.predefined,
    driver: wish.driver,
    scope: facts.scope,
    spec,
    enableIpv4,
    enableIpv6,
    ipamDriver: driverName(context.ipam, spec.ipamDriver || context.ipamDriver),
    pools: [],
    status: 'creating',
  }
  const undo = new Undo()
  try {
    await context.store.table.put(draft, 'process')
    undo.add(() => context.store.table.delete(draft.id, 'process'))
    const pools = facts.addresses
      ? await reservePools(
          context.ipam,
          { ...draft, avoid: context.links.hostPrefixes(), ...(await gatewaysToSkip(context, wish)) },
          undo,
        )
      : []
    const network: NetworkRecord = { ...draft, pools }
    await context.store.table.put(network, 'process')
    if (!isConfiguration(network)) {
      undo.add(() => context.drivers.get(wish.driver).deleteNetwork({ networkId: draft.id }))
      await context.drivers.get(wish.driver).createNetwork(createNetworkRequest(network))
    }
    const ready: NetworkRecord = { ...network, status: 'ready' }
    await context.store.table.put(ready, 'power-loss')
    context.events.publish('network', 'create', ready.id, { name: ready.name, type: ready.driver })
    return ready
  } catch (error) {
    await undo.run((failure) => context.log.warn('a network was not undone', { error: String(failure) }))
    throw error
  }
}

/** Families in which the driver wants no address for a gateway. */
async function gatewaysToSkip(
  context: NetworkContext,
  { spec, driver }: { spec: NetworkSpec; driver: string },
): Promise<{ skipIpv4: boolean; skipIpv6: boolean }> {
  if ((await context.facts.of(driver)).gatewayCheck !== true) return { skipIpv4: false, skipIpv6: false }
  return await context.drivers.get(driver).checkGateway({ options: { ...spec.options } })
}
