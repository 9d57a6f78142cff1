import type { Command } from './read-commands.ts'

/** What a line of the docker CLI exercises. */
export interface ReadLine {
  readonly command: Command
  /** Its flags by their long names; those of `docker` itself apart. */
  readonly flags: readonly string[]
  readonly globalFlags: readonly string[]
}

// The words after their first operand belong to another program.
const stopsAtOperand = new Set(['', 'run', 'create', 'exec', 'top'])

/** Finds command and flags of a line. Fails, naming the word, where help knows no such command or flag. */
export function readLine(words: readonly string[], commands: readonly Command[]): ReadLine {
  const root = commands.find((each) => each.name === '')
  if (root === undefined) throw new Error('The help of docker itself was not read')
  const before = readFlags(words, root)
  const rest = words.slice(before.end)
  for (let length = Math.min(3, rest.length); length > 0; length -= 1) {
    const path = rest.slice(0, length).join(' ')
    const command = commands.find((each) => each.aliases.includes(path))
    if (command === undefined) continue
    return { command, flags: readFlags(rest.slice(length), command).flags, globalFlags: before.flags }
  }
  if (rest.length > 0) throw new Error(`Help knows no command of this line: docker ${words.join(' ')}`)
  return { command: root, flags: before.flags, globalFlags: [] }
}

function readFlags(words: readonly string[], command: Command): { flags: string[]; end: number } {
  const flags: string[] = []
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (word === '--') return { flags, end: at + 1 }
    if (!/^-./.test(word)) {
      if (stopsAtOperand.has(command.name)) return { flags, end: at }
      continue
    }
    const [name = '', value] = word.split('=', 2)
    for (const each of name.startsWith('--') ? [name] : shortFlags(name, command)) {
      const flag = command.flags.find((one) => one.name === each || one.short === each)
      if (flag === undefined) throw new Error(`Help of docker ${command.name} knows no ${each}: ${words.join(' ')}`)
      flags.push(flag.name)
      if (flag.value !== undefined && value === undefined) at += 1
    }
  }
  return { flags, end: words.length }
}

/** `-it` as `-i`, `-t`. */
function shortFlags(word: string, command: Command): string[] {
  const first = command.flags.find((each) => each.short === word.slice(0, 2))
  if (first?.value !== undefined) return [word.slice(0, 2)]
  return Array.from(word.slice(1), (each) => `-${each}`)
}
