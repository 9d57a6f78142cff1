import { codedError } from '@moby/contracts'
import type { ExecutionConfig } from 'oci-spec-ts'

type Healthcheck = NonNullable<ExecutionConfig['Healthcheck']>

const units: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }
const durations: Readonly<Record<string, 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval'>> = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
}

/** Reads what follows HEALTHCHECK: `NONE`, or options and `CMD command`. Fails with IMAGE_CHANGE_INVALID. */
export function readHealthcheck(text: string): Healthcheck {
  if (/^none\s*$/i.test(text)) return { Test: ['NONE'] }
  let rest = text
  const check: Healthcheck = {}
  for (;;) {
    const option = /^--([a-z-]+)=(\S+)\s*/.exec(rest)
    if (option === null) break
    const [whole, name = '', value = ''] = option
    rest = rest.slice(whole.length)
    const key = durations[name]
    if (key !== undefined) check[key] = readDuration(name, value)
    else if (name === 'retries' && /^\d{1,9}$/.test(value)) check.Retries = Number(value)
    else throw invalid(`--${name}=${value}`)
  }
  const command = /^cmd\s+([\s\S]+)$/i.exec(rest)?.[1]
  if (command === undefined) throw invalid(rest)
  return { Test: readTest(command), ...check }
}

function readTest(command: string): string[] {
  if (command.startsWith('[')) {
    try {
      const value: unknown = JSON.parse(command)
      if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return ['CMD', ...value]
    } catch {
      // A line for the shell may begin with a bracket too.
    }
  }
  return ['CMD-SHELL', command]
}

/** `1m30s` in nanoseconds. */
function readDuration(name: string, text: string): number {
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) throw invalid(`--${name}=${text}`)
  let total = 0
  for (const [, amount = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(amount) * (units[unit] ?? 0)
  }
  if (total !== 0 && total < 1e6) {
    throw codedError('IMAGE_CHANGE_INVALID', `Interval ${JSON.stringify(name)} cannot be less than 1ms`)
  }
  return Math.round(total)
}

function invalid(what: string): Error {
  return codedError('IMAGE_CHANGE_INVALID', `HEALTHCHECK cannot be read at ${JSON.stringify(what)}`, {
    hint: 'Write HEALTHCHECK NONE, or HEALTHCHECK [--interval=30s --timeout=30s --retries=3] CMD command.',
  })
}
