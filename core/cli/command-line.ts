import { parseArgs } from 'node:util'
import { codedError, type SourceSpan } from '@moby/contracts/errors'
import type { CommandEntry } from './command.ts'
import { didYouMean } from '../manifest/did-you-mean.ts'

/** The words of one call, checked against what the command takes. */
export class CommandLine {
  readonly positionals: readonly string[]
  readonly #words: readonly string[]
  readonly #values: Readonly<Record<string, readonly (string | true)[] | undefined>>

  private constructor(words: readonly string[], values: Record<string, (string | true)[]>, positionals: string[]) {
    this.#words = words
    this.#values = values
    this.positionals = positionals
  }

  /** `args` are the words after the command's name. Throws COMMAND_USAGE with the word that is wrong. */
  static parse(name: string, entry: CommandEntry, args: readonly string[]): CommandLine {
    const words = ['moby', name, ...args]
    const fail = (message: string, hint: string, word?: string) =>
      codedError('COMMAND_USAGE', message, { hint, span: wordSpan(words, word) })
    const usage = `usage: moby ${name} ${entry.usage}`.trimEnd()
    const { tokens } = parseArgs({
      args: [...args],
      strict: false,
      tokens: true,
      allowPositionals: true,
      options: optionsOf(entry),
    })
    const values: Record<string, (string | true)[]> = {}
    const positionals: string[] = []
    for (const token of tokens) {
      if (token.kind === 'positional') positionals.push(token.value)
      if (token.kind !== 'option') continue
      const option = entry.options[token.name]
      if (option === undefined) {
        const near = didYouMean(token.name, Object.keys(entry.options))
        const hint = near === undefined ? usage : `did you mean --${near}?`
        throw fail(`moby ${name} has no option ${token.rawName}`, hint, token.rawName)
      }
      if (option.value !== undefined && (token.value === undefined || token.value === '')) {
        throw fail(`${token.rawName} needs a value`, `write ${token.rawName} ${option.value}`, token.rawName)
      }
      if (option.value === undefined && token.value !== undefined) {
        throw fail(`${token.rawName} takes no value`, usage, token.rawName)
      }
      ;(values[token.name] ??= []).push(token.value ?? true)
    }
    const needed = entry.positionals ?? []
    const most = entry.repeats === true ? Infinity : needed.length + (entry.optionalPositionals?.length ?? 0)
    if (positionals.length < needed.length) {
      throw fail(`moby ${name} needs ${needed[positionals.length]}`, usage)
    }
    if (positionals.length > most) {
      throw fail(`moby ${name} does not take ${positionals[most]}`, usage, positionals[most])
    }
    return new CommandLine(words, values, positionals)
  }

  /** Value of an option that takes one; of the last, when it was given several times. */
  value(name: string): string | undefined {
    return this.values(name).at(-1)
  }

  /** Every value of an option that may be given several times. */
  values(name: string): readonly string[] {
    return (this.#values[name] ?? []).filter((value) => typeof value === 'string')
  }

  /** True for an option that was given. */
  flag(name: string): boolean {
    return this.#values[name] !== undefined
  }

  /** The place of a word on the command line, for errors about it; of the last word when it is not there. */
  spanOf(word: string | undefined): SourceSpan {
    return wordSpan(this.#words, word)
  }
}

function optionsOf({ options }: CommandEntry) {
  return Object.fromEntries(
    Object.entries(options).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  )
}

/** Shows the command line as if it were a file of one line. */
export function wordSpan(words: readonly string[], word: string | undefined): SourceSpan {
  const at =
    word === undefined
      ? words.length - 1
      : words.findIndex((each) => each === word || each.startsWith(`${word}=`) || each.endsWith(`=${word}`))
  const index = at === -1 ? words.length - 1 : at
  const before = words.slice(0, index).join(' ').length
  const column = index === 0 ? 1 : before + 2
  return { file: 'command line', line: 1, column, length: words[index]?.length || 1, text: words.join(' ') }
}
