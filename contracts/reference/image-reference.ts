import { codedError } from '../errors/index.ts'

/** The name of an image, complete: nothing is left to defaults but tag and digest. */
export interface Reference {
  /** Registry, `docker.io`. */
  readonly domain: string
  /** Repository, `library/busybox`. */
  readonly path: string
  readonly tag?: string
  readonly digest?: string
}

const defaultDomain = 'docker.io'
const domain =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/
const component = '[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*'
const path = new RegExp(`^${component}(?:/${component})*$`)
const tag = /^\w[\w.-]{0,127}$/
const digest = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/

/**
 * Reads a name as people write it: `busybox` means `docker.io/library/busybox`. Fails with IMAGE_REFERENCE_INVALID
 * in Docker's words.
 */
export function parseReference(text: string): Reference {
  if (/^[a-f0-9]{64}$/.test(text)) {
    throw invalid(text, `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`)
  }
  const at = text.indexOf('@')
  const named = at === -1 ? text : text.slice(0, at)
  const slash = named.indexOf('/')
  const first = slash === -1 ? '' : named.slice(0, slash)
  const isDomain = slash !== -1 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first)
  const host = !isDomain || first === 'index.docker.io' ? defaultDomain : first
  const rest = isDomain ? named.slice(slash + 1) : named
  const colon = rest.indexOf(':')
  const short = colon === -1 ? rest : rest.slice(0, colon)
  const repository = host === defaultDomain && !short.includes('/') && short !== '' ? `library/${short}` : short
  if (repository.toLowerCase() !== repository) {
    throw invalid(text, `invalid reference format: repository name (${repository}) must be lowercase`)
  }
  const [ownTag, ownDigest] = [
    colon === -1 ? undefined : rest.slice(colon + 1),
    at === -1 ? undefined : text.slice(at + 1),
  ]
  const isValid =
    domain.test(host) &&
    path.test(repository) &&
    (ownTag === undefined || tag.test(ownTag)) &&
    (ownDigest === undefined || digest.test(ownDigest))
  if (!isValid) throw invalid(text, 'invalid reference format')
  if (`${host}/${repository}`.length > 255) {
    throw invalid(text, 'repository name must not be more than 255 characters')
  }
  return {
    domain: host,
    path: repository,
    ...(ownTag === undefined ? {} : { tag: ownTag }),
    ...(ownDigest === undefined ? {} : { digest: ownDigest }),
  }
}

/** The same with the tag `latest` where neither tag nor digest is given. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: 'latest' } : reference
}

/** The one complete form, `docker.io/library/busybox:latest`: what names are stored and compared as. */
export function formatReference(reference: Reference): string {
  return suffix(`${reference.domain}/${reference.path}`, reference)
}

/** The form that people see: `busybox:latest`. */
export function familiarReference(reference: Reference): string {
  return suffix(familiarName(reference), reference)
}

/** The same without tag and digest: `busybox`. */
export function familiarName({ domain, path }: Reference): string {
  if (domain !== defaultDomain) return `${domain}/${path}`
  const [first, second, ...more] = path.split('/')
  return first === 'library' && second !== undefined && more.length === 0 ? second : path
}

/** The familiar form of a stored name. */
export function toFamiliar(stored: string): string {
  return familiarReference(parseReference(stored))
}

function suffix(name: string, reference: Reference): string {
  return (
    name +
    (reference.tag === undefined ? '' : `:${reference.tag}`) +
    (reference.digest === undefined ? '' : `@${reference.digest}`)
  )
}

function invalid(text: string, message: string): Error {
  return codedError('IMAGE_REFERENCE_INVALID', message, { details: { reference: text } })
}
