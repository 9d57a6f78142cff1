import { codedError, type ResourceSpec } from '@moby/contracts'

/**
 * Refuses new limits that cannot stand beside those that a container has, in Docker's words. A share of the processors
 * sets period and quota, so that the two forms exclude each other for the life of a container. Fails with
 * CONTAINER_STATE.
 */
export function checkUpdate(held: ResourceSpec, given: ResourceSpec): void {
  const has = (resources: ResourceSpec, key: keyof ResourceSpec) => Number(resources[key] ?? 0) > 0
  if (has(given, 'nanoCpus') && has(held, 'cpuPeriodUs')) {
    throw conflict('Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set')
  }
  if (has(given, 'nanoCpus') && has(held, 'cpuQuotaUs')) {
    throw conflict('Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set')
  }
  if (has(given, 'cpuPeriodUs') && has(held, 'nanoCpus')) {
    throw conflict('Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set')
  }
  if (has(given, 'cpuQuotaUs') && has(held, 'nanoCpus')) {
    throw conflict('Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set')
  }
  const { memoryBytes = 0, memorySwapBytes = 0 } = given
  if (memorySwapBytes === 0 && has(held, 'memorySwapBytes') && memoryBytes > (held.memorySwapBytes ?? 0)) {
    throw conflict(
      'Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time',
    )
  }
}

function conflict(message: string) {
  return codedError('CONTAINER_STATE', message)
}
