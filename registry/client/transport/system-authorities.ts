import { readFile } from 'node:fs/promises'
import { rootCertificates } from 'node:tls'

// Debian, Fedora, SUSE, Alpine, as Go's crypto/x509 looks for them.
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/**
 * Certificates of the authorities that this host trusts, PEM: of SSL_CERT_FILE or the host's bundle; those that come
 * with Node where there is none. (Node's own reading of them holds the event loop for 90 ms.)
 */
export async function systemAuthorities(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const named = environment['SSL_CERT_FILE']
  for (const path of named === undefined || named === '' ? bundles : [named, ...bundles]) {
    const text = await readFile(path, 'utf8').catch(() => '')
    if (text.includes('-----BEGIN CERTIFICATE-----')) return [text]
  }
  return rootCertificates
}
