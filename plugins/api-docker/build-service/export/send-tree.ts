import { codedError } from '@moby/contracts'
import type { ClientCall } from '../calls/client-call.ts'
import { Packet, packetTypes, type Stat } from '../messages/session-messages.ts'
import type { Step } from '../progress/steps.ts'
import type { ClientSession } from '../session/client-session.ts'
import { goModeOf } from '../session/file-mode.ts'
import { exporterHeader, sendFiles } from './send-archive.ts'
import type { SpooledTree, TreeFile } from './spooled-tree.ts'

/** Sends a tree to the client by the protocol of fsutil, who writes it into a folder. Resolves when it has it. */
export async function sendTree(
  session: ClientSession,
  tree: SpooledTree,
  { index, signal, step }: { readonly index: number; readonly signal: AbortSignal; readonly step: Step },
): Promise<void> {
  const call = session.open(sendFiles, { [exporterHeader]: String(index) }, signal)
  try {
    const telling = tell(call, tree.files)
    let sent = 0
    for await (const message of call.messages()) {
      const { type, id, data } = Packet.decode(message)
      if (type === packetTypes.error) throw refused(Buffer.from(data).toString())
      if (type === packetTypes.request) {
        sent += await send(call, tree, id)
        step.status({ id: 'copying files', current: sent })
      }
      if (type !== packetTypes.finish) continue
      await telling
      await call.send(Packet.encode({ type: packetTypes.finish }))
      call.end()
    }
    step.status({ id: 'copying files', current: sent, total: sent, done: true })
  } finally {
    call.close()
  }
}

async function tell(call: ClientCall, files: readonly TreeFile[]): Promise<void> {
  for (const file of files) await call.send(Packet.encode({ type: packetTypes.stat, stat: statOf(file) }))
  await call.send(Packet.encode({ type: packetTypes.stat }))
}

/** An empty piece is the end of a content. */
async function send(call: ClientCall, tree: SpooledTree, id: number): Promise<number> {
  const file = tree.files[id]
  if (file?.entry.type !== 'file') throw refused(`file ${id} was asked for, which is none`)
  for await (const data of tree.contentOf(file)) await call.send(Packet.encode({ type: packetTypes.data, id, data }))
  await call.send(Packet.encode({ type: packetTypes.data, id }))
  return file.entry.size
}

function statOf({ path, entry }: TreeFile): Stat {
  return {
    path: Buffer.from(path, 'latin1'),
    mode: goModeOf(entry.type, entry.mode),
    uid: entry.uid,
    gid: entry.gid,
    size: entry.size,
    modifiedAt: entry.modifiedAt,
    linkName: Buffer.from(entry.linkName, 'latin1'),
    major: entry.major,
    minor: entry.minor,
    xattrs: Object.fromEntries(entry.xattrs),
  }
}

function refused(reason: string) {
  return codedError('BUILD_STEP_FAILED', `The client of the build did not take its files: ${reason}`)
}
