import { hasCode, type Implementation, type LogBatch, type logDriver, type RequestOf } from '@moby/contracts'

type ReadRequest = RequestOf<typeof logDriver, 'read'>

/**
 * Reads a log, and goes on where it was when the driver is replaced on the way: no record is missing and none comes
 * twice. The engine gives each line a later time than the one before, so that the time tells the place; the pieces of a
 * long line have one time and are counted.
 */
export async function* resumeLog(
  driver: Implementation<typeof logDriver>,
  request: ReadRequest,
  signal?: AbortSignal,
): AsyncIterable<LogBatch> {
  let last: { readonly time: string; count: number } | undefined
  for (;;) {
    let left = last?.count ?? 0
    try {
      for await (const batch of driver.read(last === undefined ? request : after(request, last.time), { signal })) {
        const fresh = batch.filter(({ time }) => !(time === last?.time && left > 0 && left-- > 0))
        for (const { time } of fresh) last = { time, count: time === last?.time ? last.count + 1 : 1 }
        if (fresh.length > 0) yield fresh
      }
      return
    } catch (error) {
      if (!hasCode(error, 'DRIVER_REPLACED') || signal?.aborted === true) throw error
    }
  }
}

/** `tail` has chosen where to begin already. */
function after({ tail: _tail, ...request }: ReadRequest, since: string): ReadRequest {
  return { ...request, since }
}
