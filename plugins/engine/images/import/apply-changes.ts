import { posix } from 'node:path'
import { codedError } from '@moby/contracts'
import type { ExecutionConfig } from 'oci-spec-ts'
import { readHealthcheck } from './read-healthcheck.ts'
import { splitWords } from './split-words.ts'

type Instruction = (config: ExecutionConfig, rest: string, words: readonly string[]) => ExecutionConfig

const shell = ['/bin/sh', '-c']

/** The instructions that Docker allows in changes of an image. Words are split, quotes and variables resolved. */
const instructions: Readonly<Record<string, Instruction>> = {
  CMD: (config, rest) => ({ ...config, Cmd: readCommand(rest) }),
  ENTRYPOINT: (config, rest) => ({ ...config, Entrypoint: readCommand(rest) }),
  ENV: (config, rest, words) => {
    const environment = environmentOf(config)
    for (const [name, value] of readPairs('ENV', rest, words)) environment.set(name, value)
    return { ...config, Env: [...environment].map(([name, value]) => `${name}=${value}`) }
  },
  EXPOSE: (config, _rest, words) => ({
    ...config,
    ExposedPorts: { ...config.ExposedPorts, ...toKeys(words.flatMap(readPorts)) },
  }),
  LABEL: (config, rest, words) => ({
    ...config,
    Labels: { ...config.Labels, ...Object.fromEntries(readPairs('LABEL', rest, words)) },
  }),
  USER: (config, _rest, words) => ({ ...config, User: one('USER', words) }),
  VOLUME: (config, rest, words) => ({
    ...config,
    Volumes: { ...config.Volumes, ...toKeys(readStrings(rest) ?? words) },
  }),
  WORKDIR: (config, _rest, words) => ({
    ...config,
    WorkingDir: posix.resolve('/', config.WorkingDir ?? '', one('WORKDIR', words)),
  }),
  ONBUILD: (config, rest) => {
    const inner = /^\S*/.exec(rest)?.[0].toUpperCase() ?? ''
    if (['ONBUILD', 'FROM', 'MAINTAINER'].includes(inner)) throw invalid(`${inner} isn't allowed as an ONBUILD trigger`)
    return { ...config, OnBuild: [...(config.OnBuild ?? []), rest] }
  },
  STOPSIGNAL: (config, _rest, words) => ({ ...config, StopSignal: one('STOPSIGNAL', words) }),
  HEALTHCHECK: (config, rest) => ({ ...config, Healthcheck: readHealthcheck(rest) }),
}

/**
 * Changes the configuration of an image by Dockerfile instructions, in order. Fails with IMAGE_CHANGE_INVALID naming
 * the instruction.
 */
export function applyChanges(config: ExecutionConfig, changes: readonly string[]): ExecutionConfig {
  const lines = changes.flatMap((change) => change.replace(/\\\r?\n/g, '').split(/\r?\n/))
  let current = config
  let hasCommand = false
  for (const line of lines) {
    const text = line.trim()
    if (text === '' || text.startsWith('#')) continue
    const [, name = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? []
    const instruction = instructions[name.toUpperCase()]
    if (instruction === undefined) throw invalid(`${name.toLowerCase()} is not a valid change command`)
    if (rest === '') throw invalid(`${name.toUpperCase()} requires at least one argument`)
    current = instruction(current, rest, splitWords(rest, environmentOf(current)))
    if (name.toUpperCase() === 'CMD') hasCommand = true
    // The command that was there was meant for another entrypoint.
    if (name.toUpperCase() === 'ENTRYPOINT' && !hasCommand) current = withoutCommand(current)
  }
  return current
}

function withoutCommand({ Cmd: _meantForAnother, ...config }: ExecutionConfig): ExecutionConfig {
  return config
}

function environmentOf(config: ExecutionConfig): Map<string, string> {
  return new Map(
    (config.Env ?? []).map((entry) => {
      const equals = entry.indexOf('=')
      return [entry.slice(0, equals), entry.slice(equals + 1)]
    }),
  )
}

/** JSON as it stands; anything else is a line for the shell. */
function readCommand(rest: string): string[] {
  return readStrings(rest) ?? [...shell, rest]
}

function readStrings(rest: string): string[] | undefined {
  if (!rest.startsWith('[')) return undefined
  try {
    const value: unknown = JSON.parse(rest)
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
  } catch {
    return undefined
  }
}

/** `a=b c=d`, or for one pair `a b`. */
function readPairs(name: string, rest: string, words: readonly string[]): [string, string][] {
  if (!/^[^\s=]+=/.test(rest) && !/^["'][^=]*["']=/.test(rest)) {
    const [key = '', ...others] = words
    if (others.length === 0) throw invalid(`${name} must have two arguments`)
    return [[key, others.join(' ')]]
  }
  return words.map((word) => {
    const equals = word.indexOf('=')
    if (equals === -1) {
      throw invalid(`Syntax error - can't find = in ${JSON.stringify(word)}. Must be of the form: name=value`)
    }
    if (equals === 0) throw invalid(`${name} names can not be blank`)
    return [word.slice(0, equals), word.slice(equals + 1)]
  })
}

/** `80`, `80/udp`, `8000-8010/tcp` as keys of ExposedPorts. */
function readPorts(word: string): string[] {
  const [, from = '', to = from, protocol = 'tcp'] = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/([A-Za-z]+))?$/.exec(word) ?? []
  const [first, last] = [Number(from), Number(to)]
  const isValid = from !== '' && first <= last && last <= 65_535 && /^(?:tcp|udp|sctp)$/i.test(protocol)
  if (!isValid) throw invalid(`invalid containerPort: ${word}`)
  return Array.from({ length: last - first + 1 }, (_, at) => `${first + at}/${protocol.toLowerCase()}`)
}

function one(name: string, words: readonly string[]): string {
  const [word] = words
  if (word === undefined || words.length !== 1) throw invalid(`${name} requires exactly one argument`)
  return word
}

function toKeys(names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, {}]))
}

function invalid(message: string): Error {
  return codedError('IMAGE_CHANGE_INVALID', message)
}
