import {
  engineContainers,
  engineDistribution,
  engineExec,
  engineImages,
  engineNetworks,
  engineSystem,
  engineVolumes,
  type ComponentContext,
  type Implementation,
} from '@moby/contracts'

/** The engine as front-ends see it, one handle a contract. */
export interface Handles {
  readonly containers: Implementation<typeof engineContainers>
  readonly distribution: Implementation<typeof engineDistribution>
  readonly exec: Implementation<typeof engineExec>
  readonly images: Implementation<typeof engineImages>
  readonly networks: Implementation<typeof engineNetworks>
  readonly volumes: Implementation<typeof engineVolumes>
  readonly system: Implementation<typeof engineSystem>
}

/** The contracts behind the handles, by the first word of an operation's name. */
export const families = {
  containers: engineContainers,
  distribution: engineDistribution,
  exec: engineExec,
  images: engineImages,
  networks: engineNetworks,
  volumes: engineVolumes,
  system: engineSystem,
} as const

export function takeHandles(context: Pick<ComponentContext, 'one'>): Handles {
  return {
    containers: context.one(engineContainers),
    distribution: context.one(engineDistribution),
    exec: context.one(engineExec),
    images: context.one(engineImages),
    networks: context.one(engineNetworks),
    volumes: context.one(engineVolumes),
    system: context.one(engineSystem),
  }
}
