import { codedError, enginePlugins, type Implementation } from '@moby/contracts'

/** Managed plugins where there is nothing to keep them in: there are none, and none can be made. */
export const noManagedPlugins = Object.fromEntries(
  Object.keys(enginePlugins.methods).map((method) => [
    method,
    method === 'list' ? async () => ({ plugins: [] }) : method === 'watch' ? nothing : refuse,
  ]),
) as unknown as Implementation<typeof enginePlugins>

async function* nothing(): AsyncGenerator<never, void> {}

function refuse(): never {
  throw codedError('PLUGIN_STORE_MISSING', 'The assembly keeps no managed plugins: it has no state.store', {
    hint: 'add a component that provides state.store to it: use: moby/state-sqlite',
  })
}
