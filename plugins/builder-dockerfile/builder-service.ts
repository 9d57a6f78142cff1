import { builder, implement, type Implementation } from '@moby/contracts'
import type { BuilderParts } from './build/build-parts.ts'
import { examineBuild } from './build/examine-build.ts'
import { runBuild } from './build/run-build.ts'
import { cacheUsage, pruneCache } from './cache/cache-usage.ts'

/** The contract `builder` over Dockerfiles. */
export function createBuilder(parts: BuilderParts): Implementation<typeof builder> {
  return implement(builder, {
    build: (spec, input, call) => runBuild(parts, spec, input, call?.signal),
    examine: async (spec) => examineBuild(spec),
    usage: () => cacheUsage(parts),
    prune: (request) => pruneCache(parts, request),
  })
}
