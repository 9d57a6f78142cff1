import { codedError } from '@moby/contracts'

/**
 * Waits for some work, but not longer than a deadline: then it throws COMPONENT_DEADLINE, and `late` is
 * called with the result if the work ends after all.
 */
export async function withDeadline<T>(
  work: Promise<T>,
  deadlineMs: number,
  what: string,
  late: (result: T) => void = () => undefined,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  let expired = false
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      expired = true
      reject(codedError('COMPONENT_DEADLINE', `${what} took longer than ${deadlineMs} ms`))
    }, deadlineMs)
  })
  work.then(
    (result) => expired && late(result),
    () => undefined,
  )
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}
