import { codedError } from '@moby/contracts'

/** Files and choices of the TLS connection to a plugin. */
export interface PluginTls {
  readonly insecureSkipVerify: boolean
  /** Paths of PEM files, empty for none. */
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
}

/** Where a plugin listens. */
export type PluginAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls?: PluginTls }

/** Reads `unix:///path`, `tcp://host:port`, `http://…` or `https://…`; `source` names the file in errors. */
export function parseAddress(text: string, source: string, tls?: PluginTls): PluginAddress {
  const refuse = (reason: string) =>
    codedError('PLUGIN_SPEC_INVALID', `${source}: ${JSON.stringify(text.slice(0, 200))} ${reason}`, {
      hint: 'write unix:///path/of.sock, tcp://host:port, http://host:port or https://host:port',
    })
  const match = /^([a-z]+):\/\/(.*)$/s.exec(text)
  if (match === null) throw refuse('names no protocol')
  const [, scheme = '', rest = ''] = match
  if (scheme === 'unix') {
    if (!rest.startsWith('/')) throw refuse('is no absolute path')
    if (Buffer.byteLength(rest) > 107) throw refuse('is longer than the path of a socket can be, 107 bytes')
    return { kind: 'unix', path: rest }
  }
  if (!['tcp', 'http', 'https'].includes(scheme)) throw refuse(`has the protocol ${scheme}, which plugins do not speak`)
  const url = URL.parse(`http://${rest}`)
  if (url === null || url.hostname === '') throw refuse('names no host')
  const isSecure = scheme === 'https' || tls !== undefined
  return {
    kind: 'tcp',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (isSecure ? 443 : 80),
    ...(isSecure ? { tls: tls ?? systemTrust } : {}),
  }
}

/** An https address without TLSConfig: the trust of the system. */
const systemTrust: PluginTls = { insecureSkipVerify: false, caFile: '', certFile: '', keyFile: '' }

export function showAddress(address: PluginAddress): string {
  return address.kind === 'unix'
    ? address.path
    : `${address.tls === undefined ? 'tcp' : 'https'}://${address.host}:${address.port}`
}
