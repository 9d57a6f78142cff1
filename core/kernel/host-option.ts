import { codedError } from '@moby/contracts'
import type { SchemaNode } from '../manifest/schema-walk.ts'

/** A component of the assembly with its configuration, before that is frozen. */
export interface Configured {
  readonly name: string
  readonly schema: SchemaNode
  readonly config: Record<string, unknown>
}

/**
 * Puts the value of `--host` where the front-end reads it: it replaces the configuration key `hosts` of
 * the one component whose schema has that key as a list. Throws HOST_OPTION_UNUSED when none or several do.
 */
export function applyHost(host: string, components: readonly Configured[]): void {
  const takers = components.filter(({ schema }) => schema.properties?.['hosts']?.type === 'array')
  const [only] = takers
  if (only !== undefined && takers.length === 1) {
    only.config['hosts'] = [host]
    return
  }
  const names = takers.map(({ name }) => name).join(' and ')
  const message = only === undefined ? 'No component of the assembly takes hosts' : `${names} take hosts`
  throw codedError('HOST_OPTION_UNUSED', `${message}, so --host ${host} has no clear meaning`, {
    hint: only === undefined ? 'leave --host out' : 'write the key `hosts` in the configuration of each',
  })
}
