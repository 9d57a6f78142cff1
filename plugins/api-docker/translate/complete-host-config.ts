import type { HostConfig } from '../schemas/host-config.ts'
import type { HostFacts } from './host-facts.ts'

/** Bytes of /dev/shm unless told otherwise. */
const defaultShmSize = 64 * 1024 * 1024

/** A HostConfig with what Docker fills in at creation, so that inspect tells what holds. */
export function completeHostConfig(given: HostConfig, facts: HostFacts): HostConfig {
  const memory = given.Memory ?? 0
  return {
    ...given,
    NetworkMode: given.NetworkMode ?? 'bridge',
    ShmSize: given.ShmSize || defaultShmSize,
    IpcMode: given.IpcMode || 'private',
    CgroupnsMode: given.CgroupnsMode || (facts.cgroupVersion === 1 ? 'host' : 'private'),
    RestartPolicy: { Name: given.RestartPolicy?.Name || 'no', ...given.RestartPolicy },
    LogConfig: { Type: given.LogConfig?.Type || facts.logDriver, Config: given.LogConfig?.Config ?? {} },
    Runtime: given.Runtime || facts.defaultRuntime,
    ...(sharesLabels(given) ? { SecurityOpt: ['label=disable'] } : {}),
    ...(memory > 0 && !given.MemorySwap ? { MemorySwap: memory * 2 } : {}),
    ...(facts.limits.oomKillDisable ? { OomKillDisable: given.OomKillDisable ?? false } : {}),
  }
}

/** What is not kept apart from the host has no label of its own, unless somebody asked for security options. */
function sharesLabels({ SecurityOpt, Privileged, PidMode, IpcMode }: HostConfig): boolean {
  if ((SecurityOpt?.length ?? 0) > 0) return false
  return Privileged === true || PidMode === 'host' || IpcMode === 'host'
}
