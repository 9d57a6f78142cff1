import { codedError } from '@moby/contracts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { rawStream } from '../wire/frames.ts'
import type { Answer, Headers } from './route.ts'

/**
 * Serves a client that asked for no upgrade: output ends with the connection, and what the client sends as the body of
 * its request is input.
 */
export async function serveWithoutUpgrade(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Extract<Answer, { kind: 'raw' }>,
  headers: Headers,
): Promise<void> {
  response.useChunkedEncodingByDefault = false
  response.shouldKeepAlive = false
  response.writeHead(200, { ...headers, 'content-type': rawStream })
  response.flushHeaders()
  await answer.run({
    discardInput: () => void request.resume(),
    write: async (data) => await writeAll(response, data),
  })
  response.end()
}

async function writeAll(response: ServerResponse, data: Uint8Array): Promise<void> {
  if (response.write(data)) return
  await new Promise<void>((resolve, reject) => {
    const onClose = () => {
      response.off('drain', onDrain)
      reject(codedError('CANCELLED', 'the client has closed the connection'))
    }
    const onDrain = () => {
      response.off('close', onClose)
      resolve()
    }
    response.once('drain', onDrain)
    response.once('close', onClose)
  })
}
