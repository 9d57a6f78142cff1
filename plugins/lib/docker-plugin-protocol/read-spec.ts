import { closeSync, openSync, readSync } from 'node:fs'
import { codedError, isCodedError } from '@moby/contracts'
import { parseAddress, type PluginAddress } from './address.ts'
import { flag, maybe, shape, text, ShapeError } from './shape.ts'

/** Bytes of a file that tells where a plugin listens. */
const longestFile = 64 * 1024

const JsonSpec = shape({
  Addr: text(),
  TLSConfig: maybe(shape({ InsecureSkipVerify: flag, CAFile: text(4096), CertFile: text(4096), KeyFile: text(4096) })),
})

/**
 * The address in a `.spec` file (one URL) or a `.json` file (Addr, TLSConfig). A name in the file is ignored, as Docker
 * does. Fails with PLUGIN_SPEC_INVALID.
 */
export function readSpec(file: string): PluginAddress {
  try {
    const content = readStart(file)
    if (!file.endsWith('.json')) return parseAddress(content.trim(), file)
    const { Addr, TLSConfig } = JsonSpec(JSON.parse(content))
    if (TLSConfig === undefined) return parseAddress(Addr, file)
    const { InsecureSkipVerify, CAFile, CertFile, KeyFile } = TLSConfig
    return parseAddress(Addr, file, {
      // Without an authority there is nothing to verify against; Docker skips it then.
      insecureSkipVerify: InsecureSkipVerify || CAFile === '',
      caFile: CAFile,
      certFile: CertFile,
      keyFile: KeyFile,
    })
  } catch (error) {
    if (isCodedError(error)) throw error
    const reason = error instanceof ShapeError || error instanceof Error ? error.message : String(error)
    throw codedError('PLUGIN_SPEC_INVALID', `${file} cannot be read: ${reason}`, { cause: error })
  }
}

function readStart(file: string): string {
  const descriptor = openSync(file, 'r')
  try {
    const buffer = Buffer.alloc(longestFile + 1)
    const length = readSync(descriptor, buffer, 0, buffer.length, 0)
    if (length > longestFile) throw new RangeError(`it has more than ${longestFile} bytes`)
    return buffer.toString('utf8', 0, length)
  } finally {
    closeSync(descriptor)
  }
}
