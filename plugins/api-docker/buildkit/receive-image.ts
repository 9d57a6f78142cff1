import type { engineImages, Implementation } from '@moby/contracts'
import type { ServerHttp2Stream } from 'node:http2'
import { GrpcFrameReader } from './grpc-frames.ts'
import { refuseCall } from './grpc-status.ts'
import { messageLimit } from './read-message.ts'
import { BytesMessage } from './session-pipe.ts'

export type Images = Pick<Implementation<typeof engineImages>, 'load'>

/**
 * Takes the archive that an exporter sends by moby.filesync.v1.FileSend/DiffCopy into the images of the engine. The
 * call ends well when the image is there, so that a build whose image cannot be kept fails. Never fails itself.
 */
export async function receiveImage(stream: ServerHttp2Stream, images: Images): Promise<void> {
  const gone = new AbortController()
  stream.on('error', () => undefined)
  stream.once('close', () => gone.abort())
  try {
    for await (const _progress of images.load({ quiet: true }, contents(stream), { signal: gone.signal })) continue
    if (stream.destroyed || stream.closed) return
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.once('wantTrailers', () => {
      if (!stream.destroyed && !stream.closed) stream.sendTrailers({ 'grpc-status': '0' })
    })
    stream.end()
  } catch (error) {
    refuseCall(stream, error)
  }
}

async function* contents(stream: ServerHttp2Stream): AsyncGenerator<Uint8Array> {
  const frames = new GrpcFrameReader(messageLimit)
  for await (const piece of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    for (const item of frames.take(piece)) yield BytesMessage.decode(item).data
  }
  frames.end()
}
