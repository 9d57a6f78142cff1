import type { ClientHttp2Stream, ServerHttp2Stream } from 'node:http2'
import { Duplex } from 'node:stream'
import { bytes, message } from '@moby/lib-ttrpc'
import { GrpcFrameReader, grpcFrame } from './grpc-frames.ts'
import { messageLimit } from './read-message.ts'

/** moby.buildkit.v1.BytesMessage, and moby.filesync.v1.BytesMessage, which is the same. */
export const BytesMessage = message('moby.buildkit.v1.BytesMessage', { data: bytes(1) })

/** Bytes of one message: a daemon reads 16 MiB at most, clients 4. */
const largestPiece = 1024 * 1024

/**
 * The connection that messages of Control.Session carry, as a stream of bytes, on either side of the call. Its end is
 * the end of the call.
 */
export function sessionPipe(call: ClientHttp2Stream | ServerHttp2Stream): Duplex {
  const frames = new GrpcFrameReader(messageLimit)
  const pipe = new Duplex({
    read() {
      call.resume()
    },
    write(chunk: Buffer, _encoding, done) {
      for (let at = 0; at < chunk.length; at += largestPiece) {
        const frame = grpcFrame(BytesMessage.encode({ data: chunk.subarray(at, at + largestPiece) }))
        if (at + largestPiece >= chunk.length) call.write(frame, done)
        else call.write(frame)
      }
      if (chunk.length === 0) done()
    },
    final(done) {
      call.end(done)
    },
    destroy(error, done) {
      if (!call.closed) call.close()
      done(error)
    },
  })
  call.on('data', (piece: Buffer) => {
    try {
      for (const item of frames.take(piece)) {
        const { data } = BytesMessage.decode(item)
        if (data.length > 0 && !pipe.push(data)) call.pause()
      }
    } catch (error) {
      pipe.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  })
  call.once('end', () => pipe.push(null))
  call.on('error', (error) => pipe.destroy(error))
  call.once('close', () => pipe.destroy())
  return pipe
}
