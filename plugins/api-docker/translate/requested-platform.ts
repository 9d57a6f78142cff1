import { codedError, type Image } from '@moby/contracts'
import { fields, text } from '../wire/decode.ts'
import { invalidRequest } from '../wire/api-error.ts'
import { parseJson } from '../wire/parse-json.ts'

const Platform = fields({ os: text, architecture: text, variant: text })

/**
 * Checks the `platform` of a query, an OCI platform as JSON, against an image, which is of one platform here.
 * Fails with IMAGE_NOT_FOUND for another one, and API_REQUEST_INVALID.
 */
export function checkPlatform(written: string, image: Image, ref: string): void {
  if (written === '') return
  const { os = '', architecture = '', variant = '' } = Platform(parseJson(written), 'platform') ?? {}
  if (os === '' || architecture === '') throw invalidRequest('both OS and Architecture must be provided')
  const sameVariant = variant === '' || image.variant === '' || variant === image.variant
  if (os === image.os && architecture === image.architecture && sameVariant) return
  const wanted = [os, architecture, variant].filter((part) => part !== '').join('/')
  throw codedError(
    'IMAGE_NOT_FOUND',
    `image with reference ${ref} was found but does not provide the specified platform (${wanted})`,
  )
}
