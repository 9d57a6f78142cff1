import { dockerfileError } from './dockerfile-error.ts'

/** Comments at the very beginning that tell how the rest is read. */
export interface Directives {
  readonly escape: '\\' | '`'
}

/** `syntax` names a frontend that the author asks for; the language is read here whatever it says. */
const known: ReadonlySet<string> = new Set(['escape', 'syntax', 'check'])

/**
 * Reads parser directives: `# key=value` lines before anything else. The first line that is none ends them. Errors:
 * DOCKERFILE_INVALID for one that is given twice and for an escape character that is neither backslash nor backtick.
 */
export function readDirectives(lines: readonly string[]): Directives {
  const found = new Map<string, string>()
  for (const [at, line] of lines.entries()) {
    const [, key = '', value = ''] = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/.exec(line) ?? []
    const name = key.toLowerCase()
    if (!known.has(name)) break
    if (found.has(name)) throw dockerfileError(at + 1, `only one ${name} parser directive can be used`)
    if (name === 'escape' && value !== '\\' && value !== '`') {
      throw dockerfileError(at + 1, `invalid escape token '${value}' does not match \` or \\`)
    }
    found.set(name, value)
  }
  return { escape: found.get('escape') === '`' ? '`' : '\\' }
}
