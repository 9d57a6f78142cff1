import { codedError } from '@moby/contracts'
import { setTimeout as sleep } from 'node:timers/promises'
import { invalidRequest } from './api-error.ts'

/** Largest JSON body in bytes. A container's request with an inline seccomp profile is some 30 KiB. */
export const jsonLimit = 4 * 1024 * 1024

/** How long a client may take to send a JSON body, in milliseconds. */
const bodyDeadline = 60_000

/**
 * Reads a whole body. Fails with API_BODY_TOO_LARGE as soon as it is longer than the limit, and with
 * API_REQUEST_INVALID when it does not arrive in time.
 */
export async function readBody(body: AsyncIterable<Uint8Array>, limit = jsonLimit): Promise<Buffer> {
  const timer = new AbortController()
  const late = sleep(bodyDeadline, undefined, { signal: timer.signal, ref: false }).then(
    () => {
      throw invalidRequest('the body of the request did not arrive in time')
    },
    () => new Promise<never>(() => {}),
  )
  try {
    return await Promise.race([collect(body, limit), late])
  } finally {
    timer.abort()
  }
}

async function collect(body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > limit) {
      throw codedError('API_BODY_TOO_LARGE', `the body of the request is larger than ${limit} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
