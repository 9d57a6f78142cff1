import { codedError, type ManifestEntry } from '@moby/contracts'
import type { ManifestFile } from '../manifest/load-manifest.ts'
import { resolveAssembly } from '../resolve/resolve-assembly.ts'
import type { ComponentSource } from '@moby/contracts'

const componentName = /^([a-z0-9]+(?:-[a-z0-9]+)*\/[a-z0-9]+(?:-[a-z0-9]+)*)(?:@(.+))?$/

/**
 * The manifest of an assembly that serves some components as a plugin of Docker: entries of another assembly by their
 * name or component, with their configuration and with what they need; other components by name, `scope/name@range`;
 * and the server. Throws ENTRY_UNKNOWN.
 */
export async function servedAssembly(
  file: ManifestFile,
  sources: readonly ComponentSource[],
  names: readonly string[],
  socket: string,
): Promise<string> {
  const { components } = file.manifest
  const chosen: Record<string, ManifestEntry> = {}
  const fromAssembly: string[] = []
  for (const name of names) {
    const entry = Object.hasOwn(components, name)
      ? name
      : Object.keys(components).find((each) => components[each]?.use === name)
    const [, use, version] = componentName.exec(name) ?? []
    if (entry !== undefined) fromAssembly.push(entry)
    else if (use !== undefined) chosen[use.replace('/', '-')] = { use, ...(version === undefined ? {} : { version }) }
    else {
      throw codedError('ENTRY_UNKNOWN', `${file.file} has no entry ${name}, and it is no name of a component`, {
        hint: `its entries are ${Object.keys(components).join(', ')}; components have names as moby/volume-local`,
      })
    }
  }
  const { graph } = await resolveAssembly(file, sources)
  const waiting = [...fromAssembly]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const entry = components[name]
    if (entry === undefined || Object.hasOwn(chosen, name)) continue
    chosen[name] = { ...entry, required: true }
    waiting.push(...(graph.get(name) ?? []).map(({ to }) => to))
  }
  // JSON is YAML too.
  return `${JSON.stringify(
    {
      assembly: 'docker-plugin',
      version: '0.1.0',
      components: { ...chosen, server: { use: 'moby/docker-plugin-server', config: { socket } } },
    },
    undefined,
    2,
  )}\n`
}
