import { AssertionError } from 'node:assert'
import { basename } from 'node:path'
import process from 'node:process'
import { inspect, stripVTControlCharacters } from 'node:util'
import { isCodedError } from '@moby/contracts'
import { runCase, type ConformanceCase, type Subject } from '@moby/contracts/conformance'
import type { CaseFailure } from './case-result.ts'

/**
 * Runs one case; undefined when it passed. A case that takes longer than `timeoutMs` has failed, and so has one
 * during which a promise fails that nobody waits for yet: a stream that it reads beside its other work.
 */
export async function tryCase(
  each: ConformanceCase,
  subject: Subject<never, never>,
  timeoutMs: number,
): Promise<Omit<CaseFailure, 'log'> | undefined> {
  let timer: NodeJS.Timeout | undefined
  let unheard: (reason: unknown) => void = () => undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the case did not end within ${timeoutMs / 1_000} s`)), timeoutMs)
    unheard = reject
  })
  process.on('unhandledRejection', unheard)
  try {
    const run = runCase(each, subject as never)
    run.catch(() => undefined)
    await Promise.race([run, late])
    return undefined
  } catch (error) {
    return describe(error)
  } finally {
    clearTimeout(timer)
    process.off('unhandledRejection', unheard)
  }
}

function describe(error: unknown): Omit<CaseFailure, 'log'> {
  const message = stripVTControlCharacters(error instanceof Error ? error.message : String(error))
  const at = placeIn(error instanceof Error ? (error.stack ?? '') : '')
  return {
    message,
    ...(isCodedError(error) ? { code: error.code } : {}),
    ...(error instanceof AssertionError && error.operator !== 'fail'
      ? { expected: inspect(error.expected, { depth: 6 }), actual: inspect(error.actual, { depth: 6 }) }
      : {}),
    ...(at === undefined ? {} : { at }),
  }
}

/** The deepest line of a case in a stack: helpers of the kit stand above it. */
function placeIn(stack: string): string | undefined {
  const places = [...stack.matchAll(/((?:contracts\/)?conformance\/[a-z-]+\.ts):(\d+)/g)]
  const found = places.find(([, file = '']) => !/(?:checks|case|-helpers|-samples)\.ts$/.test(file)) ?? places[0]
  return found === undefined ? undefined : `${basename(found[1] ?? '')}:${found[2]}`
}
