import { strict as assert } from 'node:assert'
import { randomBytes } from 'node:crypto'
import { hasCode, isCodedError, type ErrorCode } from '../errors/index.ts'

/** A name that no other case uses: letters, digits and one dash. */
export function freshName(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`
}

/** The call must fail with one of the codes, and with a message that tells something. */
export async function failsWith(codes: ErrorCode | readonly ErrorCode[], call: Promise<unknown>): Promise<void> {
  const wanted = typeof codes === 'string' ? [codes] : codes
  let answer: unknown
  try {
    answer = await call
  } catch (error) {
    assert.ok(isCodedError(error), `expected ${wanted.join(' or ')}, got an error without a code: ${String(error)}`)
    assert.ok(
      wanted.includes(error.code as ErrorCode),
      `expected ${wanted.join(' or ')}, got ${error.code}: ${error.message}`,
    )
    assert.ok(error.message.length > 3, `${error.code} has no message`)
    return
  }
  assert.fail(`expected ${wanted.join(' or ')}, got the answer ${JSON.stringify(answer)}`)
}

/** A call that was given up: its answer, or undefined when it says that it was cancelled. Any other failure is one. */
export async function maybeCancelled<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (hasCode(error, 'CANCELLED')) return undefined
    throw error
  }
}

/** Every item of a stream. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** The next item of a stream that goes on. */
export async function nextOf<T>(iterator: AsyncIterator<T>): Promise<T> {
  const next = await within(15_000, iterator.next(), 'the next item')
  assert.ok(next.done !== true, 'the stream ended early')
  return next.value
}

/** Fails when it takes longer: a driver that hangs is a finding, not a stuck test. */
export async function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new assert.AssertionError({ message: `${what} did not come within ${ms} ms` })), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** Looks again until it is so, for at most `ms`. */
export async function eventually(ms: number, what: string, look: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + ms
  while (!(await look())) {
    assert.ok(Date.now() < end, `${what} within ${ms} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** How each of several calls ended: answers, and codes of failures. */
export async function outcomes<T>(calls: readonly Promise<T>[]): Promise<{ answers: T[]; codes: string[] }> {
  const settled = await Promise.allSettled(calls)
  return {
    answers: settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
    codes: settled.flatMap((each) =>
      each.status === 'rejected' ? [isCodedError(each.reason) ? each.reason.code : String(each.reason)] : [],
    ),
  }
}
