import { codedError } from '@moby/contracts'

/** A container under another name in one that links to it. */
export interface Link {
  /** Name or id of the other container. */
  readonly ref: string
  readonly alias: string
}

/** Reads `db`, `db:alias` or, as inspect writes it, `/db:/web/alias`. Fails with CONTAINER_SPEC_INVALID. */
export function readLink(written: string): Link {
  const [ref = '', alias = ref, ...more] = written.split(':')
  const last = alias.split('/').at(-1) ?? ''
  if (ref === '' || last === '' || more.length > 0) {
    throw codedError('CONTAINER_SPEC_INVALID', `bad format for links: ${written}`, {
      hint: 'Write the name of a container, or name:alias.',
    })
  }
  return { ref: ref.replace(/^\//, ''), alias: last }
}
