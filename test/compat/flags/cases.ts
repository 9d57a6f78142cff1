import type { Case, ContainerCase } from './case.ts'
import { containerLimits } from './cases/container-limits.ts'
import { containerProcess } from './cases/container-process.ts'
import { containerWorld } from './cases/container-world.ts'
import { containers } from './cases/containers.ts'
import { images } from './cases/images.ts'
import { surroundings } from './cases/surroundings.ts'
import { swarm } from './cases/swarm.ts'

/** Flags of `run` and `create`, by parts. */
export const containerCases: Readonly<Record<string, readonly ContainerCase[]>> = {
  limits: containerLimits,
  process: containerProcess,
  world: containerWorld,
}

/** Lines of all other commands by parts; those of a part in their order. */
export const cases: Readonly<Record<string, readonly Case[]>> = { containers, images, surroundings, swarm }
