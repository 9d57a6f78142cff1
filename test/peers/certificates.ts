import { generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'

/** A certificate and its key, both as PEM, and what issues others with it. */
export interface Certificate {
  readonly pem: string
  readonly keyPem: string
  readonly key: KeyObject
  readonly subject: string
}

export interface CertificateWishes {
  readonly subject: string
  /** Names and addresses that it is for; none for an authority. */
  readonly names?: readonly string[]
  readonly issuer?: Certificate
  readonly authority?: boolean
  /** Days from now; the past for one that has expired. Absent: from yesterday to a month from now. */
  readonly fromDay?: number
  readonly toDay?: number
}

/** Makes an X.509 certificate with a P-256 key, issued by itself or by another. Source: RFC 5280. */
export function makeCertificate(wishes: CertificateWishes): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const issuer = wishes.issuer ?? { key: privateKey, subject: wishes.subject }
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    name(issuer.subject),
    sequence(time(wishes.fromDay ?? -1), time(wishes.toDay ?? 30)),
    name(wishes.subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions(wishes))),
  )
  const der = sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, issuer.key)))
  return {
    pem: new X509Certificate(der).toString(),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    key: privateKey,
    subject: wishes.subject,
  }
}

function extensions({ authority = false, names = [] }: CertificateWishes): Buffer[] {
  if (authority) {
    // basicConstraints cA, keyUsage keyCertSign and cRLSign
    return [extension('551d13', sequence(tagged(0x01, Buffer.from([0xff])))), extension('551d0f', hex('03020106'))]
  }
  const alternatives = names.map((each) =>
    isIP(each) === 0 ? tagged(0x82, Buffer.from(each)) : tagged(0x87, Buffer.from(each.split('.').map(Number))),
  )
  // extendedKeyUsage serverAuth and clientAuth, subjectAltName
  const usage = extension('551d25', sequence(oid('2b06010505070301'), oid('2b06010505070302')))
  return alternatives.length === 0 ? [usage] : [usage, extension('551d11', sequence(...alternatives))]
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const oid = (text: string): Buffer => tagged(0x06, hex(text))
const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts)
const integer = (value: Buffer): Buffer => tagged(0x02, value)
const bitString = (value: Buffer): Buffer => tagged(0x03, Buffer.from([0]), value)
const extension = (id: string, value: Buffer): Buffer => sequence(oid(id), tagged(0x04, value))
const name = (text: string): Buffer => sequence(tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from(text)))))
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))

/** UTCTime, a number of days from now. */
function time(day: number): Buffer {
  const text = new Date(Date.now() + day * 86_400_000).toISOString()
  return tagged(0x17, Buffer.from(`${text.slice(2, 19).replaceAll(/[-T:]/g, '')}Z`))
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}
