import {
  builder,
  engineContainers,
  engineDistribution,
  engineExec,
  engineImages,
  engineNetworks,
  enginePlugins,
  engineSystem,
  engineVolumes,
  type ComponentContext,
  type Implementation,
} from '@moby/contracts'
import { chooseBuilder } from './choose-builder.ts'
import { noPlugins } from './no-plugins.ts'

/** The engine as front-ends see it, one handle a contract. */
export interface Handles {
  readonly builder: Implementation<typeof builder>
  readonly containers: Implementation<typeof engineContainers>
  readonly distribution: Implementation<typeof engineDistribution>
  readonly exec: Implementation<typeof engineExec>
  readonly images: Implementation<typeof engineImages>
  readonly networks: Implementation<typeof engineNetworks>
  readonly plugins: Implementation<typeof enginePlugins>
  readonly volumes: Implementation<typeof engineVolumes>
  readonly system: Implementation<typeof engineSystem>
}

/** The contracts behind the handles, by the first word of an operation's name. */
export const families = {
  builder,
  containers: engineContainers,
  distribution: engineDistribution,
  exec: engineExec,
  images: engineImages,
  networks: engineNetworks,
  plugins: enginePlugins,
  volumes: engineVolumes,
  system: engineSystem,
} as const

export function takeHandles(context: Pick<ComponentContext, 'one' | 'maybe' | 'many'>): Handles {
  return {
    builder: chooseBuilder(context.many(builder)),
    containers: context.one(engineContainers),
    distribution: context.one(engineDistribution),
    exec: context.one(engineExec),
    images: context.one(engineImages),
    networks: context.one(engineNetworks),
    plugins: context.maybe(enginePlugins) ?? noPlugins,
    volumes: context.one(engineVolumes),
    system: context.one(engineSystem),
  }
}
