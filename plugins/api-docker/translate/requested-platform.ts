import { fields, text } from '../wire/decode.ts'
import { invalidRequest } from '../wire/api-error.ts'
import { parseJson } from '../wire/parse-json.ts'

const Platform = fields({ os: text, architecture: text, variant: text })

/**
 * Reads the platforms of a query, each an OCI platform as JSON, as `os/architecture/variant`. Fails with
 * API_REQUEST_INVALID.
 */
export function requestedPlatforms(written: readonly string[]): string[] {
  return written.flatMap((text) => (text === '' ? [] : [writePlatform(readPlatform(text))]))
}

function readPlatform(written: string): { os: string; architecture: string; variant: string } {
  const { os = '', architecture = '', variant = '' } = Platform(parseJson(written), 'platform') ?? {}
  if (os === '' || architecture === '') throw invalidRequest('both OS and Architecture must be provided')
  return { os, architecture, variant }
}

function writePlatform({ os, architecture, variant }: ReturnType<typeof readPlatform>): string {
  return [os, architecture, variant].filter((part) => part !== '').join('/')
}
