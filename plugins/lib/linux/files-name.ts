import { codedError } from '@moby/contracts/errors'

/** Bytes of the longest path that a system call takes, without the final zero (<limits.h> PATH_MAX). */
export const longestPath = 4095

/**
 * File names are bytes, not text. All `files-*` functions take and give byte strings: one character for each
 * byte (latin1), so that names in any encoding pass unchanged and sort by their bytes.
 */
export function toByteString(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** The text that a byte string means in UTF-8; bytes that are none become U+FFFD. */
export function fromByteString(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

// Calls are synchronous and take at most two names, so two buffers serve them all.
const buffers = [Buffer.alloc(longestPath + 1), Buffer.alloc(longestPath + 1)] as const

/** The C form of a byte string, valid until the next call for the same `slot`. */
export function cName(bytes: string, slot: 0 | 1 = 0): Uint8Array {
  if (bytes.length > longestPath || bytes.includes('\0')) {
    const [errno, reason] =
      bytes.length > longestPath ? ['ENAMETOOLONG', 'is too long'] : ['EINVAL', 'holds a zero byte']
    throw codedError('HOST_SYSTEM_CALL', `The name ${fromByteString(bytes.slice(0, 100))} ${reason} (${errno})`, {
      details: { errno, call: 'path', subject: fromByteString(bytes.slice(0, 100)) },
    })
  }
  const buffer = buffers[slot]
  buffer[buffer.write(bytes, 'latin1')] = 0
  return buffer
}
