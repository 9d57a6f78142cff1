import { BytesMessage } from '../../buildkit/session-pipe.ts'
import type { Step } from '../progress/steps.ts'
import type { ClientSession } from '../session/client-session.ts'

export const sendFiles = '/moby.filesync.v1.FileSend/DiffCopy'
/** Tells the client which of its outputs this is. */
export const exporterHeader = 'buildkit-attachable-exporter-id'

/** Bytes of one message: clients of gRPC take 4 MiB. */
const largestPiece = 1024 * 1024

/** Sends an archive to the client, who writes it where it was told to. Resolves when it has it. */
export async function sendArchive(
  session: ClientSession,
  archive: AsyncIterable<Uint8Array>,
  { index, signal, step }: { readonly index: number; readonly signal: AbortSignal; readonly step: Step },
): Promise<void> {
  const call = session.open(sendFiles, { [exporterHeader]: String(index) }, signal)
  let sent = 0
  try {
    for await (const bytes of archive) {
      for (let at = 0; at < bytes.length; at += largestPiece) {
        await call.send(BytesMessage.encode({ data: bytes.subarray(at, at + largestPiece) }))
      }
      sent += bytes.length
    }
    call.end()
    for await (const _message of call.messages()) continue
    step.status({ id: 'sending tarball', current: sent, total: sent, done: true })
  } finally {
    call.close()
  }
}
