import { posix } from 'node:path'

/** The patterns of a .dockerignore: comments and empty lines left out, a slash in front without meaning. */
export function readIgnoreFile(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line) => {
      if (line.startsWith('#')) return []
      const pattern = line.trim()
      if (pattern === '') return []
      const negated = pattern.startsWith('!')
      const body = (negated ? pattern.slice(1) : pattern).trim()
      if (body === '') return [pattern]
      const clean = posix.normalize(body).replace(/(?<=.)\/+$/, '')
      return [(negated ? '!' : '') + (clean.length > 1 && clean.startsWith('/') ? clean.slice(1) : clean)]
    })
}
