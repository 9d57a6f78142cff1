import { codedError, isCodedError, type CodedError } from '@moby/contracts'
import { nameOf, type Target } from '../target.ts'

/** What a failed connection is to a caller that may try again or another way. */
export type Failure = 'certificate' | 'no-tls' | 'unreachable' | 'broken' | 'other'

const unreachable =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EAI_FAIL|EHOSTUNREACH|ENETUNREACH|ENETDOWN|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|EADDRNOTAVAIL)$/
const broken = /^(?:ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/
const certificate =
  /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH|ERR_SSL_.*(?:CERTIFICATE|UNKNOWN_CA))/

/** Tells apart how a request failed before there was an answer, or while it was read. */
export function failureOf(error: unknown): Failure {
  const code = codeOf(error)
  if (certificate.test(code)) return 'certificate'
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return 'no-tls'
  if (unreachable.test(code)) return 'unreachable'
  return broken.test(code) ? 'broken' : 'other'
}

/** The coded form of an error of the transport; a coded one stays as it is. */
export function transportError(error: unknown, target: Target, host: string): CodedError {
  if (isCodedError(error)) return error
  const coded = innermostCoded(error)
  if (coded !== undefined) return coded
  const name = nameOf(target)
  const details = { ...target, host, cause: codeOf(error), problem: failureOf(error) }
  const proxyStatus = statusOfProxy(error)
  if (proxyStatus !== undefined) {
    return codedError(
      'REGISTRY_UNREACHABLE',
      `${name}: the proxy does not lead to ${host}: it answered ${proxyStatus}`,
      {
        cause: error,
        details: { ...details, problem: 'proxy' },
        hint:
          proxyStatus === '407'
            ? 'Give the proxy a name and a password: `http://NAME:PASSWORD@PROXY`.'
            : 'Check the proxy, and whether the registry is to be reached without: `no` of `proxies`, or NO_PROXY.',
      },
    )
  }
  switch (failureOf(error)) {
    case 'certificate':
      return codedError('REGISTRY_TLS', `${name}: ${certificateProblem(error, host)}`, {
        cause: error,
        details,
        hint: certificateRemedy(error, target.registry),
      })
    case 'no-tls':
      return codedError('REGISTRY_TLS', `${name}: ${host} does not speak TLS as this client does (${codeOf(error)})`, {
        cause: error,
        details,
        hint: `A registry without TLS has to be allowed: \`insecure: true\` for ${target.registry}.`,
      })
    case 'unreachable':
      return codedError('REGISTRY_UNREACHABLE', `${name}: ${host} cannot be reached: ${reason(error)}`, {
        cause: error,
        details,
        hint: 'Check the name of the registry, the network, and the proxy if there is one.',
      })
    case 'broken':
      return codedError('REGISTRY_UNREACHABLE', `${name}: the connection to ${host} broke (${reason(error)})`, {
        cause: error,
        details,
        hint: 'Try again; what was received is kept.',
      })
    default:
      return codedError(
        'REGISTRY_ANSWER_INVALID',
        `${name}: ${host} does not answer as HTTP has it: ${reason(error)}`,
        {
          cause: error,
          details,
          hint: 'Check that the host is a registry.',
        },
      )
  }
}

/** What a proxy answered instead of a tunnel; undici tells it in words alone. */
function statusOfProxy(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const status = /^Proxy response \((\d{3})\)/.exec(each.message)?.[1]
    if (status !== undefined) return status
  }
  return undefined
}

function innermostCoded(error: unknown): CodedError | undefined {
  for (let each = error; each instanceof Error; each = each.cause) if (isCodedError(each)) return each
  return undefined
}

/** The code of an error, or of its first cause that has one. */
function codeOf(error: unknown): string {
  const seen: string[] = []
  for (let each: unknown = error; each instanceof Error; each = each.cause ?? firstOf(each)) {
    const { code } = each as NodeJS.ErrnoException
    if (typeof code === 'string') seen.push(code)
    if (seen.length > 8) break
  }
  // What undici wraps says more than its own code.
  return seen.find((code) => !code.startsWith('UND_ERR_')) ?? seen[0] ?? ''
}

/** Of several addresses that were tried, the first failure. */
function firstOf(error: Error): unknown {
  return error instanceof AggregateError ? error.errors[0] : undefined
}

function reason(error: unknown): string {
  const code = codeOf(error)
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nobody listens there',
    ENOTFOUND: 'there is no host of that name',
    EAI_AGAIN: 'the name server does not answer',
    EHOSTUNREACH: 'no route to the host',
    ENETUNREACH: 'no route to its network',
    ETIMEDOUT: 'no answer',
    UND_ERR_CONNECT_TIMEOUT: 'no answer to the connection',
    ECONNRESET: 'reset by the other side',
    UND_ERR_SOCKET: 'ended by the other side',
    UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'ended early',
  }
  return (
    words[code] ??
    (error instanceof Error ? `${code === '' ? '' : `${code}: `}${error.message}`.slice(0, 200) : String(error))
  )
}

function certificateProblem(error: unknown, host: string): string {
  const code = codeOf(error)
  if (code === 'CERT_HAS_EXPIRED') return `the certificate of ${host} has expired`
  if (code === 'CERT_NOT_YET_VALID') return `the certificate of ${host} is not valid yet`
  if (code === 'CERT_REVOKED') return `the certificate of ${host} was revoked`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = (error as { cert?: { subjectaltname?: string } }).cert?.subjectaltname
    return `the certificate of ${host} is for another host${names === undefined ? '' : ` (${names.slice(0, 200)})`}`
  }
  if (/SELF_SIGNED|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY|UNKNOWN_CA|INVALID_CA/.test(code)) {
    return `the certificate of ${host} is of an authority that is not known here (${code})`
  }
  return `the certificates of ${host} and of this client do not serve (${code})`
}

function certificateRemedy(error: unknown, registry: string): string {
  const code = codeOf(error)
  if (/EXPIRED|NOT_YET_VALID/.test(code))
    return 'Renew the certificate of the registry, and check the clock of this host.'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'Use a name that the certificate is for, or give the registry another one.'
  if (code.startsWith('ERR_SSL_')) return `Put client certificate and key into /etc/docker/certs.d/${registry}/.`
  return `Put the certificate of the authority into /etc/docker/certs.d/${registry}/ca.crt.`
}
