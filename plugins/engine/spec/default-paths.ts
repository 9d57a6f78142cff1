import type { ContainerSpec } from '@moby/contracts'
import { defaultMaskedPaths, defaultReadonlyPaths } from '@moby/lib-oci-runtime'

/** What is hidden from a container that is not privileged: what it was created with, else Docker's defaults. */
export function hiddenPaths(spec: ContainerSpec): { maskedPaths: string[]; readonlyPaths: string[] } {
  return {
    maskedPaths: [...(spec.maskedPaths ?? defaultMaskedPaths)],
    readonlyPaths: [...(spec.readonlyPaths ?? defaultReadonlyPaths)],
  }
}
