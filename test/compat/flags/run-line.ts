import { execa } from 'execa'
import type { Scene } from './scene.ts'
import { splitWords } from './split-words.ts'
import { tidyText } from './tidy-text.ts'
import type { Case } from './case.ts'

/** How a line ended and what it printed, tidied. */
export interface Printed {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a line of the docker CLI as its case wishes. One that does not end is killed after a minute, which its exit code shows. */
export async function runLine(scene: Scene, line: string, wishes: Omit<Case, 'line'> = {}): Promise<Printed> {
  const words = splitWords(scene.fill(line))
  const { input, typedAfter, cutAfter } = wishes
  const [program, args] =
    typedAfter === undefined
      ? (['docker', words] as const)
      : (['script', ['-qfec', ['docker', ...words.map(quote)].join(' '), '/dev/null']] as const)
  const child = execa(program, args, {
    reject: false,
    timeout: 60_000,
    stripFinalNewline: true,
    env: { ...scene.subject.facts.environment },
    ...(typedAfter === undefined ? (input === undefined ? { stdin: 'ignore' as const } : { input }) : {}),
  })
  let seen = ''
  let waiting = true
  const watch = (chunk: Buffer) => {
    seen += String(chunk)
    if (!waiting) return
    if (typedAfter?.test(seen) === true) {
      waiting = false
      child.stdin?.end(input ?? '')
    } else if (cutAfter?.test(seen) === true) {
      waiting = false
      child.kill('SIGKILL')
    }
  }
  child.stdout?.on('data', watch)
  child.stderr?.on('data', watch)
  const result = await child
  const cut = cutAfter !== undefined && !waiting
  const tidy = (text: unknown) => choose(tidyText(scene.unfill(String(text ?? ''))), wishes.keep)
  return { exitCode: cut ? 0 : (result.exitCode ?? -1), stdout: tidy(result.stdout), stderr: tidy(result.stderr) }
}

function choose(text: string, keep: RegExp | undefined): string {
  if (keep === undefined) return text
  return [...new Set(text.match(keep) ?? [])].toSorted().join('\n')
}

function quote(word: string): string {
  return `'${word}'`
}
