import process from 'node:process'
import { codedError, defineComponent, engineSystem } from '@moby/contracts'
import { readAddress } from './read-address.ts'

interface Config {
  readonly metricsAddress: string
}

/** Serves /metrics when the whole assembly is ready; without an address it does nothing. */
export default defineComponent<Config>({
  async create({ assembly, config, log, ...context }) {
    if (config.metricsAddress === '') return { provides: {} }
    const address = readAddress(config.metricsAddress)
    if (address === undefined) {
      throw codedError('METRICS_ADDRESS_INVALID', `${config.metricsAddress} is no address to serve metrics on`, {
        hint: 'Write ADDRESS:PORT, as 127.0.0.1:9323.',
      })
    }
    const [{ MetricsServer }, { renderFamilies }, { componentFamilies }, { processFamilies }] = await Promise.all([
      import('./metrics-server.ts'),
      import('./render-families.ts'),
      import('./component-families.ts'),
      import('./process-families.ts'),
    ])
    const system = context.one(engineSystem)
    const server = new MetricsServer({
      collect: async () => {
        const { families } = await system.metrics({})
        return renderFamilies([...families, ...componentFamilies(assembly.members()), ...processFamilies(process)])
      },
      log,
    })
    return {
      provides: {},
      start: async () => log.info('Metrics are served', { address: await server.listen(address) }),
      stop: async () => await server.close(),
    }
  },
})
