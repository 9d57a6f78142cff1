import { codedError } from '@moby/contracts'
import type { ExecutionConfig } from 'oci-spec-ts'
import { readJsonWords } from './read-json-words.ts'

type Healthcheck = NonNullable<ExecutionConfig['Healthcheck']>

const units: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }
const durations: Readonly<Record<string, 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval'>> = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
}

/** The argument of HEALTHCHECK: `NONE`, or options and `CMD` with a command. Errors: IMAGE_CHANGE_INVALID. */
export function readHealthcheck(text: string): Healthcheck {
  if (text.toUpperCase() === 'NONE') return { Test: ['NONE'] }
  const found: { -readonly [K in keyof Healthcheck]: Healthcheck[K] } = {}
  let rest = text
  for (;;) {
    const option = /^--([a-z-]+)=(\S+)\s+/.exec(rest)
    if (option === null) break
    const [whole, name = '', value = ''] = option
    const duration = durations[name]
    if (duration !== undefined) found[duration] = readDuration(value)
    else if (name === 'retries' && /^\d+$/.test(value)) found.Retries = Number(value)
    else throw codedError('IMAGE_CHANGE_INVALID', `HEALTHCHECK: the option --${name}=${value} cannot be read`)
    rest = rest.slice(whole.length)
  }
  const command = /^CMD\s+([\s\S]+)$/i.exec(rest)?.[1]
  if (command === undefined)
    throw codedError('IMAGE_CHANGE_INVALID', `Unknown type "${rest.split(/\s/, 1)[0]}" in HEALTHCHECK (try CMD)`)
  const words = readJsonWords(command)
  found.Test = words === undefined ? ['CMD-SHELL', command] : ['CMD', ...words]
  return found
}

/** Go's durations, `1m30s`, in nanoseconds. */
function readDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g)]
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) {
    throw codedError('IMAGE_CHANGE_INVALID', `HEALTHCHECK: "${text}" is no duration such as 1m30s`)
  }
  return parts.reduce((sum, [, value, unit]) => sum + Number(value) * (units[unit ?? ''] ?? 0), 0)
}
