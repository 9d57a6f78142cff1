import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { codedError } from '@moby/contracts'

/** As the configuration has it: files in PEM. */
export interface TlsConfig {
  /** Authorities of the certificates of callers. */
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** What a server of TLS is made with: callers without a certificate of one of the authorities get no further. */
export interface TlsSettings {
  readonly ca: string
  readonly cert: string
  readonly key: string
  readonly requestCert: true
  readonly rejectUnauthorized: true
  readonly minVersion: 'TLSv1.2'
  readonly handshakeTimeout: number
}

/** Reads the files. Fails with API_TLS_INVALID for one that cannot be read, or that is no certificate or key. */
export async function readTlsSettings(config: TlsConfig): Promise<TlsSettings> {
  const [ca, cert, key] = await Promise.all([read(config, 'ca'), read(config, 'cert'), read(config, 'key')])
  try {
    createSecureContext({ ca, cert, key, minVersion: 'TLSv1.2' })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw codedError('API_TLS_INVALID', `${config.cert} and ${config.key} make no server of TLS: ${why}`, {
      hint: 'Name a certificate and its own key, both in PEM.',
      cause,
    })
  }
  return {
    ca,
    cert,
    key,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    handshakeTimeout: 20_000,
  }
}

async function read(config: TlsConfig, what: keyof TlsConfig): Promise<string> {
  try {
    return await readFile(config[what], 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw codedError('API_TLS_INVALID', `tls.${what} of the API cannot be read: ${why}`, {
      hint: 'Name a file in PEM that root can read.',
      cause,
    })
  }
}
