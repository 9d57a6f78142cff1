import { dockerfileError } from './dockerfile-error.ts'
import { readFlags } from './flags.ts'
import type { HealthcheckInstruction } from './instruction.ts'
import { readDuration } from './read-duration.ts'
import { readJsonWords } from './words.ts'

interface Source {
  readonly line: number
  readonly flags: readonly string[]
  readonly rest: string
}

const durations = ['interval', 'timeout', 'start-period', 'start-interval'] as const

/** Reads `NONE` or flags and `CMD command`. Fails with DOCKERFILE_INVALID. */
export function readHealthcheck(source: Source): Omit<HealthcheckInstruction, 'line' | 'text'> {
  const { line, rest } = source
  const [, type = '', command = ''] = /^(\S*)\s*([\s\S]*)$/.exec(rest) ?? []
  if (type === '') throw dockerfileError(line, 'HEALTHCHECK requires at least one argument')
  if (type.toUpperCase() === 'NONE') {
    if (source.flags.length > 0) throw dockerfileError(line, 'HEALTHCHECK NONE takes no flags')
    if (command !== '') throw dockerfileError(line, 'HEALTHCHECK NONE takes no arguments')
    return { kind: 'healthcheck', test: ['NONE'] }
  }
  if (type.toUpperCase() !== 'CMD') {
    throw dockerfileError(line, `Unknown type ${JSON.stringify(type)} in HEALTHCHECK (try CMD)`)
  }
  if (command === '') throw dockerfileError(line, 'Missing command after HEALTHCHECK CMD')
  const words = readJsonWords(command)
  const flags = readFlags(source.flags, 'HEALTHCHECK', line, { values: [...durations, 'retries'] })
  const [interval, timeout, startPeriod, startInterval] = durations.map((name) =>
    duration(flags.value(name), name, line),
  )
  return {
    kind: 'healthcheck',
    test: words === undefined ? ['CMD-SHELL', command] : ['CMD', ...words],
    interval,
    timeout,
    startPeriod,
    startInterval,
    retries: retries(flags.value('retries'), line),
  }
}

function duration(text: string | undefined, name: string, line: number): number | undefined {
  if (text === undefined) return undefined
  const value = readDuration(text)
  if (value === undefined) throw dockerfileError(line, `invalid duration ${JSON.stringify(text)} of --${name}`)
  if (value !== 0 && value < 1e6) throw dockerfileError(line, `Interval "${name}" cannot be less than 1ms`)
  return value
}

function retries(text: string | undefined, line: number): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,9}$/.test(text))
    throw dockerfileError(line, `--retries must be a number that is not negative, not ${text}`)
  return Number(text)
}
