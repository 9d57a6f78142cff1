import type { OutgoingHttpHeaders } from 'node:http2'

/** Of the connection, not of the call; they are set anew for the other side. */
const dropped = new Set([':scheme', ':authority', 'host', 'connection', 'keep-alive', 'transfer-encoding', 'upgrade'])

/**
 * Headers as they came, for passing on. Node joins those with one name, but in gRPC each is a value of its own (each
 * pattern of a `.dockerignore` is one), so they are taken from the raw list.
 */
export function passHeaders(raw: readonly string[]): OutgoingHttpHeaders {
  const headers = Object.create(null) as Record<string, string | string[]>
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? ''
    const value = raw[at + 1] ?? ''
    if (dropped.has(name)) continue
    const before = headers[name]
    if (before === undefined) headers[name] = value
    else headers[name] = Array.isArray(before) ? [...before, value] : [before, value]
  }
  return headers
}
