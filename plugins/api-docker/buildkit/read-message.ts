import { codedError } from '@moby/contracts'
import type { Readable } from 'node:stream'
import { GrpcFrameReader } from './grpc-frames.ts'

/** Bytes of one message at most, as BuildKit has it. */
export const messageLimit = 16 * 1024 * 1024

/**
 * The one message of a call or of its answer; undefined when there is none, as in the answer of a call that failed.
 * Fails with BUILDKIT_PROTOCOL when there are more.
 */
export async function readMessage(stream: Readable): Promise<Buffer | undefined> {
  const reader = new GrpcFrameReader(messageLimit)
  const messages: Buffer[] = []
  for await (const piece of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    messages.push(...reader.take(piece))
  }
  reader.end()
  if (messages.length <= 1) return messages[0]
  throw codedError('BUILDKIT_PROTOCOL', `A BuildKit call has ${messages.length} messages where one belongs`)
}
