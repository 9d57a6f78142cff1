import { readFile } from 'node:fs/promises'
import { join, normalize } from 'node:path'

/**
 * The cgroup of a bundle's container, when its configuration names one by an absolute path. The other forms
 * (relative, systemd's `slice:prefix:name`) are for the runtime to find.
 */
export async function readCgroupsPath(bundle: string): Promise<string | undefined> {
  const config = JSON.parse(await readFile(join(bundle, 'config.json'), 'utf8')) as {
    readonly linux?: { readonly cgroupsPath?: string }
  }
  const path = normalize(config.linux?.cgroupsPath ?? '')
  return path.startsWith('/') && path !== '/' ? path : undefined
}
