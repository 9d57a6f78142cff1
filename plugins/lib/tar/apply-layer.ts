import { codedError } from '@moby/contracts/errors'
import type { Applied, ApplyRequest } from './apply/apply-layer.ts'
import type { Jobs } from './worker/jobs.ts'
import { refuseAborted } from './worker/refuse-aborted.ts'
import { runJob, type JobOptions, type RunningJob } from './worker/run-job.ts'

const bufferSize = 256 << 10
const mostBuffers = 8
/** What each may have, whatever others have; more only as long as there are not too many in all. */
const ownBuffers = 2
const mostInAll = 64
let inAll = 0

/**
 * Unpacks a layer archive that streams in, in a worker thread. The input is read no faster than it is written. After
 * an error the folder holds a part of the layer. Errors: ARCHIVE_*, STORAGE_FULL, HOST_LACKS, HOST_SYSTEM_CALL,
 * CANCELLED, and those of the input.
 */
export function applyLayer(
  request: ApplyRequest,
  input: AsyncIterable<Uint8Array>,
  options: JobOptions = {},
): Promise<Applied> {
  return feedJob('apply', request, input, options)
}

/** Runs a job that takes a stream of bytes. */
export function feedJob<K extends 'apply' | 'extract'>(
  job: K,
  request: Jobs[K]['request'],
  input: AsyncIterable<Uint8Array>,
  options: JobOptions = {},
): Promise<Jobs[K]['result']> {
  let buffers = 0
  const work = async ({ post, next }: RunningJob): Promise<Jobs[K]['result']> => {
    let buffer: Uint8Array<ArrayBuffer> | undefined
    let length = 0
    const takeBuffer = async (): Promise<Uint8Array<ArrayBuffer>> => {
      if (buffers < ownBuffers || (buffers < mostBuffers && inAll < mostInAll)) {
        buffers += 1
        inAll += 1
        return new Uint8Array(bufferSize)
      }
      const message = await next()
      if ('credit' in message) return new Uint8Array(message.credit)
      throw codedError('CANCELLED', 'The work ended early')
    }
    const flush = () => {
      if (buffer === undefined || length === 0) return
      post({ input: buffer.buffer, length }, [buffer.buffer])
      buffer = undefined
      length = 0
    }
    for await (const chunk of input) {
      refuseAborted(options.signal)
      for (let at = 0; at < chunk.length;) {
        buffer ??= await takeBuffer()
        const part = chunk.subarray(at, at + buffer.length - length)
        buffer.set(part, length)
        length += part.length
        at += part.length
        if (length === buffer.length) flush()
      }
    }
    flush()
    post({ endOfInput: true })
    for (;;) {
      const message = await next()
      if ('result' in message) return message.result as Jobs[K]['result']
    }
  }
  return runJob(job, request, options, work).finally(() => (inAll -= buffers))
}
