import type { Grants } from '@moby/contracts'
import { capabilityNames, hostCapabilities } from '@moby/lib-oci-runtime'
import { refused } from './grant-error.ts'

/** The capabilities that were granted. Fails with LAUNCH_GRANT_INVALID. */
export function grantedCapabilities({ capabilities = [] }: Grants, host = hostCapabilities()): string[] {
  for (const name of capabilities) {
    if (!capabilityNames.includes(name)) throw refused(`${name} is granted, which is no capability`)
    if (!host.includes(name)) {
      throw refused(`${name} is granted, which the engine itself does not have`, 'start the engine with it')
    }
  }
  return host.filter((name) => capabilities.includes(name))
}
