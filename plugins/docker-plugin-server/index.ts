import {
  authAuthorize,
  codedError,
  defineComponent,
  logDriver,
  networkDriver,
  networkIpam,
  storageVolume,
  type ComponentContext,
  type ContractDefinition,
  type Implementation,
} from '@moby/contracts'
import { protocols, shape } from '@moby/lib-docker-plugin-protocol'
import { authorizationMethods } from './methods/authorization.ts'
import { ipamMethods } from './methods/ipam.ts'
import { logMethods } from './methods/log.ts'
import { method, type ServedMethods } from './methods/method.ts'
import { networkMethods } from './methods/network.ts'
import { volumeMethods } from './methods/volume.ts'
import { PluginServer } from './serve.ts'

interface ServerConfig {
  readonly socket: string
}

export default defineComponent<ServerConfig>({
  async create(context) {
    const volume = only(context, storageVolume)
    const network = only(context, networkDriver)
    const ipam = only(context, networkIpam)
    const log = only(context, logDriver)
    const authorize = only(context, authAuthorize)
    const logs = log === undefined ? undefined : logMethods(log, context.log)
    const served: [string, ServedMethods | undefined][] = [
      [protocols.volume, volume && volumeMethods(volume)],
      [protocols.network, network && networkMethods(network)],
      [protocols.ipam, ipam && ipamMethods(ipam)],
      [protocols.log, logs?.methods],
      [protocols.authorization, authorize && authorizationMethods(authorize)],
    ]
    const there = served.flatMap(([protocol, methods]) => (methods === undefined ? [] : [{ protocol, methods }]))
    if (there.length === 0) {
      throw codedError('PLUGIN_SERVE_AMBIGUOUS', 'The assembly has no driver that can be served as a Docker plugin', {
        hint: 'name a component that provides storage.volume, network.driver, network.ipam, log.driver or auth.authorize',
      })
    }
    const activation: ServedMethods = {
      'Plugin.Activate': method(shape({}), async () => ({ Implements: there.map(({ protocol }) => protocol) })),
    }
    const methods = Object.assign({}, activation, ...there.map((each) => each.methods)) as ServedMethods
    const server = new PluginServer({ socket: context.config.socket, methods, log: context.log })
    return {
      provides: {},
      start: () => server.open(),
      stop: async () => {
        await server.close()
        await logs?.close()
      },
    }
  },
})

/** The one driver of a contract. A Docker plugin has one name, so two drivers could not be told apart. */
function only<C extends ContractDefinition>(
  context: ComponentContext<ServerConfig>,
  contract: C,
): Implementation<C> | undefined {
  const drivers = context.many(contract).list()
  if (drivers.length < 2) return drivers[0]?.handle
  const names = drivers.map(({ name, component }) => `${name} (${component})`).join(' and ')
  throw codedError('PLUGIN_SERVE_AMBIGUOUS', `One Docker plugin cannot be two drivers of ${contract.id}: ${names}`, {
    hint: 'serve each at a socket of its own',
  })
}
