import type { ContainerSpec } from '@moby/contracts'
import type { UpdateConfig } from '../schemas/resources.ts'
import { invalidRequest } from '../wire/api-error.ts'

const names = ['no', 'always', 'on-failure', 'unless-stopped'] as const

/** Undefined when none is given. Fails with API_REQUEST_INVALID in Docker's words. */
export function toRestartPolicy(given: UpdateConfig['RestartPolicy']): ContainerSpec['restart'] {
  const { Name: written = '', MaximumRetryCount: retries = 0 } = given ?? {}
  if (written === '') return undefined
  const name = names.find((known) => known === written)
  if (name === undefined) {
    throw invalidRequest(
      `invalid restart policy: unknown policy '${written}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`,
    )
  }
  if (name !== 'on-failure' && retries !== 0) {
    throw invalidRequest(
      "invalid restart policy: maximum retry count can only be used with 'on-failure'" +
        (retries < 0 ? ' and cannot be negative' : ''),
    )
  }
  if (retries < 0) throw invalidRequest('invalid restart policy: maximum retry count cannot be negative')
  return { name, ...(retries === 0 ? {} : { maximumRetries: retries }) }
}
