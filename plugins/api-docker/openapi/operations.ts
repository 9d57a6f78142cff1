import type { Operations } from './operation.ts'
import { containerOperations } from './operations/containers.ts'
import { execOperations } from './operations/exec.ts'
import { imageOperations } from './operations/images.ts'
import { networkOperations } from './operations/networks.ts'
import { pluginOperations } from './operations/plugins.ts'
import { swarmOperations } from './operations/swarm.ts'
import { systemOperations } from './operations/system.ts'

/** Operations by the word that stands over them in the document. A test holds them against the table of routes. */
export const operationsByTag: Readonly<Record<string, Operations>> = {
  System: systemOperations,
  Container: containerOperations,
  Exec: execOperations,
  Image: imageOperations,
  'Network and volume': networkOperations,
  Plugin: pluginOperations,
  Swarm: swarmOperations,
}

export const operations: Operations = Object.assign({}, ...Object.values(operationsByTag)) as Operations
