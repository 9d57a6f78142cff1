import { codedError } from '@moby/contracts'
import { isRepositoryName, isTag, parseDigest } from 'oci-spec-ts'

/** A name for an image, in the parts that Docker's reference grammar knows. */
export interface ImageReference {
  /** `docker.io` where none was written. */
  readonly domain: string
  /** `library/` is added to one-word names of docker.io. */
  readonly path: string
  readonly tag?: string
  readonly digest?: string
}

const defaultDomain = 'docker.io'
const officialPrefix = 'library/'
const domainPattern =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?$/

/**
 * Reads a reference as a user writes it (distribution/reference, `ParseNormalizedNamed`). Errors:
 * IMAGE_REFERENCE_INVALID in Docker's words.
 */
export function parseReference(text: string): ImageReference {
  if (/^[0-9a-f]{64}$/.test(text)) {
    throw invalid(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`)
  }
  const [named = '', digest, ...rest] = text.split('@')
  if (rest.length > 0 || (digest !== undefined && parseDigest(digest) === undefined))
    throw invalid('invalid reference format')
  const slash = named.indexOf('/')
  const first = slash === -1 ? '' : named.slice(0, slash)
  const isDomain = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase()
  const domain = isDomain ? (first === 'index.docker.io' ? defaultDomain : first) : defaultDomain
  const remainder = isDomain ? named.slice(slash + 1) : named
  const colon = remainder.lastIndexOf(':')
  const tag = colon === -1 ? undefined : remainder.slice(colon + 1)
  const bare = colon === -1 ? remainder : remainder.slice(0, colon)
  if (bare !== bare.toLowerCase())
    throw invalid(`invalid reference format: repository name (${bare}) must be lowercase`)
  const path = domain === defaultDomain && !bare.includes('/') ? officialPrefix + bare : bare
  if (!isRepositoryName(path) || !domainPattern.test(domain) || (tag !== undefined && !isTag(tag))) {
    throw invalid('invalid reference format')
  }
  return { domain, path, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) }
}

/** `latest` where neither tag nor digest was written. */
export function withDefaultTag(reference: ImageReference): ImageReference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: 'latest' } : reference
}

/** The one full form by which images are kept: docker.io/library/busybox:latest. */
export function canonicalName(reference: ImageReference): string {
  return `${reference.domain}/${reference.path}${suffix(reference)}`
}

/** The form that users see: busybox:latest. */
export function familiarName(reference: ImageReference): string {
  return familiarRepository(reference) + suffix(reference)
}

/** The familiar form without tag and digest. */
export function familiarRepository({ domain, path }: ImageReference): string {
  if (domain !== defaultDomain) return `${domain}/${path}`
  const short = path.startsWith(officialPrefix) ? path.slice(officialPrefix.length) : path
  return short.includes('/') && path.startsWith(officialPrefix) ? path : short
}

function suffix({ tag, digest }: ImageReference): string {
  return (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`)
}

function invalid(message: string): Error {
  return codedError('IMAGE_REFERENCE_INVALID', message, {
    hint: 'A reference is [host[:port]/]name[:tag][@digest] in lower case.',
  })
}
