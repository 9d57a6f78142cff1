import { X509Certificate } from 'node:crypto'
import { codedError, type Principal } from '@moby/contracts'

/**
 * Who a certificate is for: its common name, and its organizations as groups, as Kubernetes reads certificates too. Fails
 * with AUTH_NOT_AUTHENTICATED without a certificate, and for one that names nobody.
 */
export function certifiedPrincipal(certificates: readonly string[]): Principal {
  const subject = readSubject(certificates[0])
  const name = subject?.get('CN')?.[0]
  if (subject === undefined || name === undefined || name === '') {
    throw codedError('AUTH_NOT_AUTHENTICATED', 'A caller by TLS has no certificate with a common name', {
      hint: 'Call with a certificate of one of the authorities that the API trusts, with a subject CN=NAME.',
    })
  }
  return { name, method: 'tls', groups: [...new Set(subject.get('O') ?? [])] }
}

/** The parts of the subject by their short names; undefined for what is no certificate. */
function readSubject(pem: string | undefined): Map<string, string[]> | undefined {
  if (pem === undefined) return undefined
  try {
    const parts = new Map<string, string[]>()
    for (const line of new X509Certificate(pem).subject.split('\n')) {
      const at = line.indexOf('=')
      const key = line.slice(0, at)
      parts.set(key, [...(parts.get(key) ?? []), line.slice(at + 1)])
    }
    return parts
  } catch {
    return undefined
  }
}
