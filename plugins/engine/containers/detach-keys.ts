import { codedError } from '@moby/contracts'

const controlKeys: Readonly<Record<string, number>> = { '@': 0, '[': 27, '\\': 28, ']': 29, '^': 30, _: 31 }

/** Reads `ctrl-p,ctrl-q` or `a,b` into the bytes of the keys; absent means the default. Fails with DETACH_KEYS_INVALID. */
export function parseDetachKeys(text: string | undefined): Uint8Array {
  const keys = (text || 'ctrl-p,ctrl-q').split(',').map(readKey)
  return Uint8Array.from(keys)
}

function readKey(key: string): number {
  if (key.length === 1) return key.charCodeAt(0)
  const control = /^ctrl-(.)$/i.exec(key)?.[1]?.toLowerCase()
  const code =
    control === undefined ? undefined : /[a-z]/.test(control) ? control.charCodeAt(0) - 96 : controlKeys[control]
  if (code === undefined) {
    throw codedError('DETACH_KEYS_INVALID', `Unknown character: '${key}'`, {
      hint: 'Write keys such as ctrl-p,ctrl-q.',
    })
  }
  return code
}

/** Looks for the detach keys in input as it passes. A beginning of them is held back until it proves not to be one. */
export class DetachScanner {
  readonly #keys: Uint8Array
  #matched = 0

  constructor(keys: Uint8Array) {
    this.#keys = keys
  }

  scan(data: Uint8Array): { forward: Uint8Array; detached: boolean } {
    const forward: number[] = []
    for (const byte of data) {
      if (byte !== this.#keys[this.#matched] && this.#matched > 0) {
        forward.push(...this.#keys.subarray(0, this.#matched))
        this.#matched = 0
      }
      if (byte === this.#keys[this.#matched]) this.#matched += 1
      else forward.push(byte)
      if (this.#matched === this.#keys.length) return { forward: Uint8Array.from(forward), detached: true }
    }
    return { forward: Uint8Array.from(forward), detached: false }
  }
}
