import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfiguredAssembly } from './configured-assembly.ts'

/**
 * The default assembly with a configuration for the component that reaches registries. `authorities`: certificates to
 * trust, PEM, by the registry.
 */
export async function registryAssembly(
  config: Readonly<Record<string, unknown>>,
  authorities: Readonly<Record<string, string>> = {},
): Promise<ConfiguredAssembly> {
  return await ConfiguredAssembly.write('moby/distribution-oci', async (folder) => {
    const registries: Record<string, unknown> = {}
    for (const [host, pem] of Object.entries(authorities)) {
      const ca = join(folder, `${host.replace(':', '-')}.pem`)
      await writeFile(ca, pem)
      registries[host] = { ca }
    }
    return { ...config, registries }
  })
}
