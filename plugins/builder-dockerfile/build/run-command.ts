import type { RunInstruction } from '../dockerfile/instruction.ts'
import { readHeredocStart, textOf } from '../dockerfile/heredoc.ts'
import { dockerfileError } from '../dockerfile/dockerfile-error.ts'

/** What RUN runs: words, and a script of its own where a heredoc is one. */
export interface RunCommand {
  readonly words: readonly string[]
  /** A heredoc that begins with `#!`, to be put at this path and run. */
  readonly script?: { readonly path: string; readonly text: string } | undefined
}

/** Source: moby/buildkit, frontend/dockerfile/dockerfile2llb, dispatchRun. */
export function readRunCommand(instruction: RunInstruction, shell: readonly string[]): RunCommand {
  const { command, heredocs } = instruction
  if (!command.shell) return { words: command.words }
  const [line = ''] = command.words
  const [first] = heredocs
  if (first === undefined) return { words: [...shell, line] }
  if (readHeredocStart(line, '\\') === undefined) {
    // The shell itself is to read the documents.
    const documents = heredocs.map(({ name, content }) => `\n${content}${name}`)
    return { words: [...shell, line + documents.join('')] }
  }
  const text = textOf(first)
  if (!first.content.startsWith('#!')) return { words: [...shell, text] }
  if (first.name.includes('/')) throw dockerfileError(instruction.line, `${first.name} is no name for a script`)
  const path = `/dev/pipes/${first.name}`
  return { words: [...shell, path], script: { path, text } }
}
