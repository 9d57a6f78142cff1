import type { ClientRequest, RequestOptions } from 'node:http'
import { readFile } from 'node:fs/promises'
import { codedError } from '@moby/contracts'
import type { PluginTls } from './address.ts'

/** A request over TLS with the files of a plugin's `TLSConfig`, read at each call so that renewed ones count. */
export async function tlsRequest(options: RequestOptions, tls: PluginTls): Promise<ClientRequest> {
  const [{ request }, ca, cert, key] = await Promise.all([
    import('node:https'),
    readPem(tls.caFile),
    readPem(tls.certFile),
    readPem(tls.keyFile),
  ])
  return request({
    ...options,
    rejectUnauthorized: !tls.insecureSkipVerify,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  })
}

async function readPem(file: string): Promise<Buffer | undefined> {
  if (file === '') return undefined
  try {
    return await readFile(file)
  } catch (cause) {
    throw codedError('PLUGIN_SPEC_INVALID', `The TLS file ${file} of a plugin cannot be read: ${String(cause)}`, {
      hint: 'correct the TLSConfig in the .json file of the plugin',
      cause,
    })
  }
}
