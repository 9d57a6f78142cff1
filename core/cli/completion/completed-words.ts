import type { CommandEntry } from '../command.ts'

export type Entries = Readonly<Record<string, CommandEntry>>

/** What the value of an option is, by the word that stands for it in its help. */
export type ValueKind = 'file' | 'folder' | 'other'

export function valueKind(value: string): ValueKind {
  if (/^DIR\b/.test(value) || value === 'FOLDER') return 'folder'
  return value === 'FILE' || value === 'PATH' ? 'file' : 'other'
}

/** What the arguments of a command are: a fixed list, commands, or files. */
export function argumentWords(entry: CommandEntry, entries: Entries): readonly string[] {
  if (entry.choices !== undefined) return entry.choices
  return entry.optionalPositionals?.[0] === 'COMMAND' ? Object.keys(entries) : []
}

/** A text within single quotes of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
