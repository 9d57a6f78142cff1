import { codedError } from '@moby/contracts'

const allowed = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/

/** Refuses names that break Docker's rule (volume/local, `names.RestrictedNamePattern`), in its words. */
export function checkVolumeName(name: string): void {
  if (name.length === 1) {
    throw codedError(
      'VOLUME_NAME_INVALID',
      'volume name is too short, names should be at least two alphanumeric characters',
    )
  }
  if (!allowed.test(name) || Buffer.byteLength(name) > 255) {
    throw codedError(
      'VOLUME_NAME_INVALID',
      `"${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
    )
  }
}
