import { BytesMessage } from '../../buildkit/session-pipe.ts'
import type { ClientSession } from './client-session.ts'

const pull = '/moby.upload.v1.Upload/Pull'

/** Host of the URLs by which a client means what comes through its session: `docker build - < context.tar`. */
const uploadHost = 'buildkit-session'

/** True of a URL that means an upload of the client. */
export function isUpload(url: string): boolean {
  return url.startsWith(`http://${uploadHost}/`)
}

/** What the client uploads under that URL. Errors: GrpcFailure, BUILDKIT_UNAVAILABLE. */
export async function* receiveUpload(
  session: ClientSession,
  url: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const call = session.open(pull, { urlpath: new URL(url).pathname, urlhost: uploadHost }, signal)
  try {
    call.end()
    for await (const message of call.messages()) yield BytesMessage.decode(message).data
  } finally {
    call.close()
  }
}
