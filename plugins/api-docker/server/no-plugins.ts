import { enginePlugins, type Implementation } from '@moby/contracts'
import { notImplemented } from '../wire/api-error.ts'

const hint = 'add moby/docker-plugins to the assembly'

/** Managed plugins in an assembly that has no component for them. */
export const noPlugins = Object.fromEntries(
  Object.entries(enginePlugins.methods).map(([name, method]) => [
    name,
    name === 'list' ? async () => ({ plugins: [] }) : 'output' in method ? refuseStream : refuse,
  ]),
) as unknown as Implementation<typeof enginePlugins>

async function refuse(): Promise<never> {
  throw notImplemented('a managed plugin', hint)
}

/** A stream that fails at its first item, as streams do. */
function refuseStream(): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: refuse }) }
}
