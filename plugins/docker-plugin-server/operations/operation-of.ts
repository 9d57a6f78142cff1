import type { Operation } from '@moby/contracts'
import { operations } from './operations.ts'

/**
 * The operation that a request to Docker's API asks for: its name in this project, `containers.create`, and as its
 * request what the HTTP request holds: `vars` of the path, `query`, `body`. A path that is not known has the name
 * `http.` with the method, so that a policy that lists what is allowed denies it.
 */
export function operationOf(method: string, uri: string, body: Uint8Array): Operation {
  const [path = '', search = ''] = splitOnce(uri, '?')
  const plain = decode(path)
    .replace(/\/{2,}/g, '/')
    .replace(/^\/v\d+(\.\d+)*(?=\/)/, '')
    .replace(/(?<=.)\/$/, '')
  const query = Object.fromEntries(new URLSearchParams(search))
  for (const { method: wanted, pattern, name } of operations) {
    if (wanted !== method && !(method === 'HEAD' && wanted === 'GET')) continue
    const match = pattern.exec(plain)
    if (match !== null) return { name, request: { vars: { ...match.groups }, query, ...bodyOf(body) } }
  }
  return { name: `http.${method.toLowerCase()}`, request: { vars: {}, query, path: plain, ...bodyOf(body) } }
}

function bodyOf(body: Uint8Array): { body?: unknown } {
  if (body.length === 0) return {}
  try {
    return { body: JSON.parse(Buffer.from(body).toString('utf8')) as unknown }
  } catch {
    return {}
  }
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
