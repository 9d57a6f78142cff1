import { hasCode, type BuildProgress, type BuildSpec, type Image } from '@moby/contracts'
import type { BuilderParts } from './build-parts.ts'

/** An image by its name: the one that is here, or that of its registry. Errors: those of `engine.images` inspect and pull. */
export async function* findBaseImage(
  { images }: Pick<BuilderParts, 'images'>,
  spec: Pick<BuildSpec, 'pull' | 'registries'>,
  wish: { readonly reference: string; readonly platform: string | undefined; readonly signal: AbortSignal },
): AsyncGenerator<BuildProgress, Image> {
  const { reference, signal } = wish
  const platform = wish.platform === undefined ? {} : { platform: wish.platform }
  const isId = /^(?:sha256:)?[a-f0-9]{64}$/.test(reference)
  if (!spec.pull || isId) {
    try {
      return await images.inspect({ ref: reference, ...platform }, { signal })
    } catch (error) {
      if (isId || !hasCode(error, 'IMAGE_NOT_FOUND', 'PLATFORM_NOT_FOUND')) throw error
    }
  }
  const credentials = spec.registries[registryOf(reference)]
  const pull = images.pull(
    { reference, ...platform, ...(credentials === undefined ? {} : { credentials }) },
    { signal },
  )
  for await (const { status, id, current, total } of pull) {
    if (status === undefined) continue
    yield {
      status,
      ...(id === undefined ? {} : { id }),
      ...(current === undefined ? {} : { current }),
      ...(total === undefined ? {} : { total }),
    }
  }
  return await images.inspect({ ref: reference, ...platform }, { signal })
}

/** The host of a reference as people write it. */
export function registryOf(reference: string): string {
  const [first = '', ...rest] = reference.split('/')
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  return !isHost || first === 'index.docker.io' ? 'docker.io' : first
}
