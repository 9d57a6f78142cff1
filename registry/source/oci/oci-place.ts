import { codedError } from '@moby/contracts'

/** Where a component's image is: pinned, so that it is the same for ever. */
export interface OciPlace {
  readonly registry: string
  readonly repository: string
  /** `sha256:` and hex: of an image manifest, or of an index with one for each platform. */
  readonly digest: string
}

/** A place without a digest: what a tag names may change. */
export interface Unpinned {
  readonly registry: string
  readonly repository: string
  readonly tag: string
}

const form = /^([^/@]+)\/([a-z0-9][a-z0-9._/-]*?)(?::([\w][\w.-]{0,127}))?(?:@(.+))?$/

/** Reads `HOST[:PORT]/REPOSITORY[:TAG][@DIGEST]`. Fails with SOURCE_NOT_PINNED when it has another form. */
export function parsePlace(location: string): OciPlace | Unpinned {
  const [, registry = '', repository = '', tag = 'latest', digest] = form.exec(location) ?? []
  if (registry === '' || (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))) {
    throw codedError('SOURCE_NOT_PINNED', `oci:${location} does not name an image by its digest`, {
      hint: 'write from: oci:HOST/REPOSITORY@sha256:DIGEST',
    })
  }
  return digest === undefined ? { registry, repository, tag } : { registry, repository, digest }
}
