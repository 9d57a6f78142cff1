import { invalidRequest } from '../wire/api-error.ts'

const osNames: ReadonlySet<string> = new Set(['linux', 'windows', 'darwin', 'freebsd'])

/** Reads `os/arch[/variant]`, `os` or `arch`; undefined when empty. Fails with API_REQUEST_INVALID. */
export function readPlatform(written: string): string | undefined {
  if (written === '') return undefined
  const parts = written.toLowerCase().split('/')
  if (parts.length > 3 || !parts.every((part) => /^[a-z0-9_.-]+$/.test(part))) {
    throw invalidRequest(`${JSON.stringify(written)} is an invalid platform: it has the form os/arch/variant`)
  }
  if (parts.length > 1) return parts.join('/')
  const [word = ''] = parts
  return osNames.has(word) ? `${word}/${hostArchitecture}` : `linux/${word}`
}

const hostArchitecture = process.arch === 'x64' ? 'amd64' : process.arch
