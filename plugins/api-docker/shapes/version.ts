import type { ResponseOf, engineSystem } from '@moby/contracts'
import { newestVersion, oldestVersion } from '../compat/api-version.ts'

/** GET /version. */
export function versionShape(version: ResponseOf<typeof engineSystem, 'version'>) {
  const details = {
    ApiVersion: newestVersion,
    Arch: version.architecture,
    BuildTime: version.builtAt,
    Experimental: 'false',
    GitCommit: version.commit,
    KernelVersion: version.kernelVersion,
    MinAPIVersion: oldestVersion,
    Os: version.os,
  }
  return {
    Platform: { Name: 'Moby Origin' },
    Components: [
      { Name: 'Engine', Version: version.version, Details: details },
      ...version.components.map(({ name, version: own, details: more }) => ({
        Name: name,
        Version: own,
        ...(Object.keys(more).length === 0 ? {} : { Details: more }),
      })),
    ],
    Version: version.version,
    ApiVersion: newestVersion,
    MinAPIVersion: oldestVersion,
    GitCommit: version.commit,
    GoVersion: '',
    Os: version.os,
    Arch: version.architecture,
    KernelVersion: version.kernelVersion,
    BuildTime: version.builtAt,
  }
}
