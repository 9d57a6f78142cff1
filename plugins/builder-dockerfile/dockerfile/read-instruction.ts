import { dockerfileError } from './dockerfile-error.ts'
import { readFlags } from './flags.ts'
import type { CommandForm, CopyInstruction, Instruction, RunInstruction } from './instruction.ts'
import { readHealthcheck } from './read-healthcheck.ts'
import { readMount } from './read-mount.ts'
import type { Statement } from './read-statements.ts'
import { readJsonWords, readPairs, splitBlanks, splitQuoted } from './words.ts'

interface Source extends Statement {
  /** The keyword in capitals. */
  readonly name: string
  readonly escape: string
}

type Reader = (source: Source) => Instruction

const readers: Readonly<Record<string, Reader>> = {
  add: (source) => readCopy(source, 'add'),
  copy: (source) => readCopy(source, 'copy'),
  run: readRun,
  env: (source) => ({ ...at(source), kind: 'env', pairs: pairsOf(source) }),
  label: (source) => ({ ...at(source), kind: 'label', pairs: pairsOf(source) }),
  arg: readArg,
  cmd: (source) => ({ ...at(source), kind: 'cmd', command: commandOf(source) }),
  entrypoint: (source) => ({ ...at(source), kind: 'entrypoint', command: commandOf(source) }),
  shell: (source) => {
    refuseFlags(source)
    const words = readJsonWords(source.rest)
    if (words === undefined || words.length === 0) {
      throw dockerfileError(source.line, `SHELL requires the arguments to be in JSON form`)
    }
    return { ...at(source), kind: 'shell', words }
  },
  expose: (source) => ({ ...at(source), kind: 'expose', words: atLeastOne(source, splitBlanks(source.rest)) }),
  volume: (source) => {
    const words = atLeastOne(source, readJsonWords(source.rest) ?? splitBlanks(source.rest))
    if (words.some((word) => word.trim() === '')) {
      throw dockerfileError(source.line, 'VOLUME specified can not be an empty string')
    }
    return { ...at(source), kind: 'volume', words }
  },
  user: (source) => ({ ...at(source), kind: 'user', value: exactlyOne(source) }),
  workdir: (source) => ({ ...at(source), kind: 'workdir', value: exactlyOne(source) }),
  stopsignal: (source) => ({ ...at(source), kind: 'stopsignal', value: exactlyOne(source) }),
  maintainer: (source) => ({ ...at(source), kind: 'maintainer', value: exactlyOne(source) }),
  healthcheck: (source) => ({ ...at(source), ...readHealthcheck(source) }),
  onbuild: readOnbuild,
}

/** Reads one instruction other than FROM. Fails with DOCKERFILE_INVALID in dockerd's words. */
export function readInstruction(statement: Statement, escape: string): Instruction {
  const name = statement.keyword.toUpperCase()
  const read = Object.hasOwn(readers, statement.keyword) ? readers[statement.keyword] : undefined
  if (read === undefined) throw dockerfileError(statement.line, `unknown instruction: ${name}`)
  return read({ ...statement, name, escape })
}

function at({ line, text }: Source): { line: number; text: string } {
  return { line, text }
}

function pairsOf(source: Source) {
  refuseFlags(source)
  const pairs = readPairs(source.name, source.rest, source.escape, source.line)
  if (pairs.some(({ name }) => name === '')) throw dockerfileError(source.line, `${source.name} names can not be blank`)
  return pairs
}

function refuseFlags({ flags, name, line }: Source): void {
  readFlags(flags, name, line, {})
}

function atLeastOne(source: Source, words: readonly string[]): readonly string[] {
  refuseFlags(source)
  if (words.length === 0) throw dockerfileError(source.line, `${source.name} requires at least one argument`)
  return words
}

function exactlyOne(source: Source): string {
  refuseFlags(source)
  if (source.rest === '') throw dockerfileError(source.line, `${source.name} requires exactly one argument`)
  return source.rest
}

function commandOf(source: Source): CommandForm {
  refuseFlags(source)
  return readCommand(source.rest)
}

function readCommand(rest: string): CommandForm {
  const words = readJsonWords(rest)
  return words === undefined ? { shell: true, words: rest === '' ? [] : [rest] } : { shell: false, words }
}

function readArg(source: Source): Instruction {
  refuseFlags(source)
  const words = splitQuoted(source.rest, source.escape)
  if (words.length === 0) throw dockerfileError(source.line, 'ARG requires at least one argument')
  const args = words.map((word) => {
    const equals = word.indexOf('=')
    const name = equals === -1 ? word : word.slice(0, equals)
    if (name === '') throw dockerfileError(source.line, 'ARG names can not be blank')
    return equals === -1 ? { name } : { name, value: word.slice(equals + 1) }
  })
  return { ...at(source), kind: 'arg', args }
}

function readRun(source: Source): RunInstruction {
  const { line, flags, rest, heredocs } = source
  const found = readFlags(flags, 'RUN', line, { values: ['network', 'security'], lists: ['mount'] })
  const security = found.value('security')
  if (security !== undefined && security !== 'sandbox') {
    throw dockerfileError(line, `RUN --security=${security} is not supported`, 'Only the default, sandbox, is.')
  }
  const network = found.value('network')
  if (network !== undefined && network !== 'default' && network !== 'none' && network !== 'host') {
    throw dockerfileError(line, `unsupported network mode ${JSON.stringify(network)}`)
  }
  const command = readCommand(rest)
  if (command.words.length === 0) throw dockerfileError(line, 'RUN requires at least one argument')
  const mounts = found.list('mount').map((text) => readMount(text, line))
  return { ...at(source), kind: 'run', command, heredocs, mounts, network }
}

function readCopy(source: Source, kind: 'add' | 'copy'): CopyInstruction {
  const { line, flags, rest, name, heredocs } = source
  const found = readFlags(flags, name, line, {
    values: ['chown', 'chmod', ...(kind === 'copy' ? ['from'] : ['checksum'])],
    lists: ['exclude'],
    switches: ['link', ...(kind === 'copy' ? ['parents'] : ['keep-git-dir', 'unpack'])],
  })
  if (found.switch('keep-git-dir') === true) {
    throw dockerfileError(line, 'ADD --keep-git-dir needs a source in git, which is not supported')
  }
  const words = readJsonWords(rest) ?? splitBlanks(rest)
  if (words.length < 2) throw dockerfileError(line, `${name} requires at least two arguments`)
  return {
    ...at(source),
    kind,
    sources: words.slice(0, -1),
    destination: words.at(-1) ?? '',
    heredocs,
    from: found.value('from'),
    chown: found.value('chown'),
    chmod: found.value('chmod'),
    checksum: found.value('checksum'),
    unpack: found.switch('unpack'),
    parents: found.switch('parents'),
    link: found.switch('link'),
    exclude: found.list('exclude'),
  }
}

function readOnbuild(source: Source): Instruction {
  refuseFlags(source)
  const { rest, line } = source
  const inner = /^\S*/.exec(rest)?.[0].toUpperCase() ?? ''
  if (inner === '') throw dockerfileError(line, 'ONBUILD requires at least one argument')
  if (inner === 'ONBUILD') {
    throw dockerfileError(line, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
  }
  if (inner === 'FROM' || inner === 'MAINTAINER') {
    throw dockerfileError(line, `${inner} isn't allowed as an ONBUILD trigger`)
  }
  const documents = source.heredocs.map(({ name, content }) => `\n${content}${name}`)
  return { ...at(source), kind: 'onbuild', value: rest + documents.join('') }
}
