import { codedError } from '@moby/contracts'

/** Where the API listens. */
export type ListenAddress =
  | { readonly kind: 'unix'; readonly path: string }
  /** Port undefined: the one that Docker has for TLS, or without. */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number | undefined }
  /** Sockets that were handed over by a service manager: all, or the one with the descriptor. */
  | { readonly kind: 'fd'; readonly descriptor: number | undefined }

/** Reads an address as `--host` of dockerd has it. Fails with API_SOCKET_INVALID. */
export function readListenAddress(host: string): ListenAddress {
  const [, scheme, rest = ''] = /^(unix|tcp|fd):\/\/(.*)$/s.exec(host) ?? []
  if (scheme === 'unix' && rest.startsWith('/') && rest !== '/') return { kind: 'unix', path: rest }
  if (scheme === 'fd' && /^(\*|\d*)$/.test(rest)) {
    return { kind: 'fd', descriptor: rest === '' || rest === '*' ? undefined : Number(rest) }
  }
  if (scheme === 'tcp') {
    const [, bracketed, plain = '', digits] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/]*))(?::(\d{1,5}))?\/?$/i.exec(rest) ?? []
    const port = digits === undefined ? undefined : Number(digits)
    const name = bracketed ?? plain
    if (name !== '' && (port === undefined || port <= 65_535)) return { kind: 'tcp', host: name, port }
  }
  throw codedError('API_SOCKET_INVALID', `${host} is not the address of a socket`, {
    hint: 'Write unix:// and an absolute path, tcp://ADDRESS:PORT, or fd:// for sockets of systemd.',
  })
}
