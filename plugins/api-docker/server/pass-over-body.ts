import type { IncomingMessage } from 'node:http'

/** Bytes of a body that are passed over at most; Go's server, which dockerd uses, takes as many. */
const longest = 256 * 1024
/** Milliseconds for them. */
const patience = 500

/**
 * Takes a small rest of a body that nobody has read, before a request is refused: a client that is still sending when
 * the answer comes tells of a broken pipe beside it. What is longer, or does not come, is left.
 */
export async function passOverBody(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return
  if (Number(request.headers['content-length'] ?? 0) > longest) return
  await new Promise<void>((resolve) => {
    let length = 0
    const timer = setTimeout(settle, patience)
    function settle(): void {
      clearTimeout(timer)
      request.off('data', onData).off('end', settle).off('close', settle).off('error', settle)
      request.pause()
      resolve()
    }
    function onData(chunk: Uint8Array): void {
      length += chunk.length
      if (length > longest) settle()
    }
    request.on('data', onData).once('end', settle).once('close', settle).once('error', settle)
  })
}
