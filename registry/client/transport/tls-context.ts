import { createHash } from 'node:crypto'
import type { SecureContext } from 'node:tls'
import { codedError } from '@moby/contracts'
import type { HostCertificates } from './certificates.ts'
import { systemAuthorities } from './system-authorities.ts'

/** TLS contexts by what they are made of: each holds a copy of the host's authorities, which takes some 10 ms to read. */
export class TlsContexts {
  readonly #environment: Readonly<Record<string, string | undefined>>
  readonly #known = new Map<string, Promise<SecureContext>>()

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment
  }

  /** What the certificates are known by: equal for equal ones. */
  static keyOf({ authorities, client }: HostCertificates): string {
    if (authorities.length === 0 && client === undefined) return ''
    return createHash('sha256')
      .update(JSON.stringify([authorities, client]))
      .digest('hex')
  }

  /** Fails with REGISTRY_CONFIG_INVALID for certificates or a key that cannot be used. */
  async context(certificates: HostCertificates, host: string): Promise<SecureContext> {
    const key = TlsContexts.keyOf(certificates)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const made = this.#make(certificates, host)
    // Renewed certificates make new contexts; old ones are not kept for ever.
    if (this.#known.size >= 64) this.#known.clear()
    this.#known.set(key, made)
    made.catch(() => this.#known.delete(key))
    return made
  }

  async #make({ authorities, client }: HostCertificates, host: string): Promise<SecureContext> {
    const { createSecureContext } = await import('node:tls')
    try {
      return createSecureContext({
        ca: [...(await systemAuthorities(this.#environment)), ...authorities],
        minVersion: 'TLSv1.2',
        ...client,
      })
    } catch (error) {
      throw codedError('REGISTRY_CONFIG_INVALID', `The certificates for ${host} cannot be used: ${String(error)}`, {
        cause: error,
        hint: 'They are to be PEM, and the key that of the client certificate, without a pass phrase.',
      })
    }
  }
}
