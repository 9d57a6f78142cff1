import { codedError } from '@moby/contracts'

export interface PluginLogOptions {
  /** `blocking`: the container waits for the plugin; `non-blocking`: what does not fit into the buffer is dropped. */
  readonly mode: 'blocking' | 'non-blocking'
  /** Bytes that are kept for a plugin that does not read, in mode non-blocking. */
  readonly bufferBytes: number
}

const units: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }
const defaultBuffer = 1024 * 1024
const largestBuffer = 256 * 1024 * 1024

/** Docker's options of delivery; all others are the plugin's own. Fails with LOG_OPTION_INVALID. */
export function readLogOptions(options: Readonly<Record<string, string>>): PluginLogOptions {
  const { mode = 'blocking', 'max-buffer-size': size } = options
  if (mode !== 'blocking' && mode !== 'non-blocking') {
    throw codedError('LOG_OPTION_INVALID', `logger: logging mode not supported: ${mode}`, {
      hint: 'write mode=blocking or mode=non-blocking',
    })
  }
  if (size !== undefined && mode !== 'non-blocking') {
    throw codedError('LOG_OPTION_INVALID', "logger: max-buffer-size option is only supported with 'mode=non-blocking'")
  }
  return { mode, bufferBytes: size === undefined ? defaultBuffer : readSize(size) }
}

function readSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([bkmg])?i?b?$/i.exec(text.trim())
  const bytes = Math.round(Number(match?.[1]) * (units[match?.[2]?.toLowerCase() ?? 'b'] ?? 1))
  if (match === null || bytes < 1 || bytes > largestBuffer) {
    throw codedError('LOG_OPTION_INVALID', `max-buffer-size ${JSON.stringify(text)} is no size from 1 byte to 256m`, {
      hint: 'write a number with b, k, m or g: max-buffer-size=4m',
    })
  }
  return bytes
}
