import type { CommandLine } from './command-line.ts'

/** One command of `moby`, in a file of its own that is loaded when it is called. */
export interface Command {
  /** Answers the exit status; errors are thrown. */
  run(line: CommandLine): Promise<number>
}

/** What `moby help` knows without loading a command. */
export interface CommandEntry {
  readonly summary: string
  /** After the name: `[--assembly FILE] NAME`. */
  readonly usage: string
  /** Options by name: what they take, undefined for none. */
  readonly options: Readonly<Record<string, { readonly value?: string; readonly summary: string }>>
  /** Names of the arguments, all needed. */
  readonly positionals?: readonly string[]
  /** Names of further arguments that may be left out. */
  readonly optionalPositionals?: readonly string[]
  /** What the first argument can be, where that is a fixed list; shells complete it. */
  readonly choices?: readonly string[]
  /** True when the last of the needed arguments may stand there several times. */
  readonly repeats?: boolean
  load(): Promise<{ command: Command }>
}
