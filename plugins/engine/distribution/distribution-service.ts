import { engineDistribution, implement, type Implementation } from '@moby/contracts'
import { notBuilt } from '../errors/not-built.ts'

/** engine.distribution: what front-ends ask registries for, beside pull and push. */
export function createDistributionService(): Implementation<typeof engineDistribution> {
  return implement(engineDistribution, {
    login: async () => {
      throw notBuilt('Logging in to a registry')
    },
    inspect: async () => {
      throw notBuilt('Asking a registry about an image')
    },
    search: async () => {
      throw notBuilt('Searching a registry')
    },
  })
}
