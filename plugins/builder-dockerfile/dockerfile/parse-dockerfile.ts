import { codedError } from '@moby/contracts'
import { dockerfileError } from './dockerfile-error.ts'
import { readFlags } from './flags.ts'
import type { Dockerfile, Instruction, Stage } from './instruction.ts'
import { readInstruction } from './read-instruction.ts'
import { readStatements, type Statement } from './read-statements.ts'
import { splitBlanks } from './words.ts'

/** Reads a Dockerfile. Every instruction is checked for its form, nothing is resolved. Fails with DOCKERFILE_INVALID. */
export function parseDockerfile(source: string): Dockerfile {
  const { directives, statements } = readStatements(source)
  const globalArgs: Dockerfile['globalArgs'][number][] = []
  const stages: (Omit<Stage, 'instructions'> & { instructions: Instruction[] })[] = []
  for (const statement of statements) {
    if (statement.keyword === 'from') {
      stages.push({ ...readFrom(statement), instructions: [] })
      continue
    }
    const instruction = readInstruction(statement, directives.escape)
    const stage = stages.at(-1)
    if (stage !== undefined) {
      stage.instructions.push(instruction)
    } else if (instruction.kind === 'arg') {
      const { line, text } = instruction
      globalArgs.push(...instruction.args.map((arg) => ({ line, text, ...arg })))
    } else {
      throw dockerfileError(
        statement.line,
        'no build stage in current context',
        'Begin with FROM; only ARG may stand before it.',
      )
    }
  }
  if (stages.length === 0) {
    throw codedError('DOCKERFILE_INVALID', 'No image was generated. Is your Dockerfile empty?', {
      hint: 'Begin it with FROM.',
    })
  }
  return { escape: directives.escape, globalArgs, stages }
}

/** The instructions of a trigger that a base image carries, `RUN make`. */
export function parseTrigger(trigger: string): Instruction[] {
  const { statements } = readStatements(trigger)
  return statements.map((statement) => {
    if (['onbuild', 'from', 'maintainer'].includes(statement.keyword)) {
      throw dockerfileError(1, `${statement.keyword.toUpperCase()} isn't allowed as an ONBUILD trigger`)
    }
    return readInstruction(statement, '\\')
  })
}

function readFrom({ line, text, flags, rest }: Statement): Omit<Stage, 'instructions'> {
  const found = readFlags(flags, 'FROM', line, { values: ['platform'] })
  const words = splitBlanks(rest)
  const [base = '', as, name] = words
  if (words.length !== 1 && !(words.length === 3 && as?.toUpperCase() === 'AS')) {
    throw dockerfileError(line, 'FROM requires either one or three arguments')
  }
  if (name !== undefined && !/^[a-z][a-z0-9_.-]*$/i.test(name)) {
    throw dockerfileError(
      line,
      `invalid name for build stage: ${JSON.stringify(name)}, name can't start with a number or contain symbols`,
    )
  }
  return { line, text, base, platform: found.value('platform'), name: name?.toLowerCase() }
}
