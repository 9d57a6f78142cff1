import { expandToWords } from '../expand/expand-word.ts'

/** A document that stands in the Dockerfile itself, after the line that asks for it: `<<EOF`. */
export interface Heredoc {
  readonly name: string
  /** False when the word was quoted: variables in it stay as they are. */
  readonly expand: boolean
  /** `<<-`: tabs at the beginning of its lines do not belong to it. */
  readonly chomp: boolean
  /** As it stands, tabs included; every line ends in a newline. */
  readonly content: string
}

export type HeredocStart = Omit<Heredoc, 'content'>

/** What a word of an instruction says about a document; undefined for other words. Source: BuildKit's parser. */
export function readHeredocStart(word: string, escape: string): HeredocStart | undefined {
  const [, , dash, rest = ''] = /^(\d*)<<(-?)([^<]*)$/.exec(word) ?? []
  if (rest === '') return undefined
  const [name, ...others] = expandToWords(rest, { escape, keepUnset: true })
  const [raw = ''] = expandToWords(rest, { escape, keepUnset: true, rawQuotes: true, rawEscapes: true })
  if (name === undefined || others.length > 0) return undefined
  return { name, expand: !/["']/.test(raw), chomp: dash === '-' }
}

/** The documents that a line asks for, in order. */
export function heredocsOf(line: string): HeredocStart[] {
  const words = expandToWords(line, { escape: '\\', keepUnset: true, rawQuotes: true, rawEscapes: true })
  return words.flatMap((word) => readHeredocStart(word, '\\') ?? [])
}

/** The text of a document as the build uses it. */
export function textOf({ content, chomp }: Heredoc): string {
  return chomp ? content.replace(/^\t+/gm, '') : content
}
