import { codedError } from '@moby/contracts'
import { parseDigest } from './digest.ts'

/** What a call is about; messages name it. */
export interface Target {
  readonly registry: string
  readonly repository?: string | undefined
  /** Tag or digest. */
  readonly reference?: string | undefined
}

const host =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*\.?|\[[a-fA-F0-9:]+\])(?::(\d{1,5}))?$/
const component = '[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*'
const repository = new RegExp(`^${component}(?:/${component})*$`)
const tag = /^\w[\w.-]{0,127}$/

/** Fails with IMAGE_REFERENCE_INVALID or DIGEST_INVALID for what must not become part of a URL. */
export function checkTarget(target: Target): void {
  const port = host.exec(target.registry)?.[1]
  if (!host.test(target.registry) || (port !== undefined && Number(port) > 65_535)) {
    throw invalid(target.registry, 'is not a host with or without a port')
  }
  if (target.repository !== undefined && (target.repository.length > 255 || !repository.test(target.repository))) {
    throw invalid(target.repository, 'is not the name of a repository')
  }
  if (target.reference === undefined) return
  if (target.reference.includes(':')) parseDigest(target.reference)
  else if (!tag.test(target.reference)) throw invalid(target.reference, 'is not a tag')
}

/** `docker.io/library/busybox:1.36`, `registry:5000/app@sha256:…`. */
export function nameOf({ registry, repository: path, reference }: Target): string {
  if (path === undefined) return registry
  if (reference === undefined) return `${registry}/${path}`
  return `${registry}/${path}${reference.includes(':') ? '@' : ':'}${reference}`
}

function invalid(text: string, what: string): Error {
  return codedError('IMAGE_REFERENCE_INVALID', `${JSON.stringify(text.slice(0, 300))} ${what}`, {
    hint: 'Names are written as in `docker pull registry.example:5000/team/app:1.0`.',
  })
}
