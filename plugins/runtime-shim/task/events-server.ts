import { rmSync } from 'node:fs'
import { TtrpcServer } from '@moby/lib-ttrpc'
import { codedError } from '@moby/contracts'
import { forward, oomTopic, TaskOom } from '../protocol/event-messages.ts'

const longestSocketPath = 106

/**
 * Listens where shims report to, and tells of tasks that lack memory. Everything else that shims report is
 * known from calls already. Fails with RUNTIME_FAILED when the path is too long for a socket.
 */
export async function serveEvents(path: string, namespace: string, onOom: (id: string) => void): Promise<TtrpcServer> {
  const length = Buffer.byteLength(path)
  if (length > longestSocketPath) {
    throw codedError(
      'RUNTIME_FAILED',
      `The path ${path} has ${length} bytes; a socket's may have ${longestSocketPath}`,
      {
        hint: 'Choose a shorter run root',
      },
    )
  }
  const server = new TtrpcServer().handle(forward, async ({ envelope }) => {
    if (envelope?.namespace === namespace && envelope.topic === oomTopic && envelope.event !== undefined) {
      onOom(TaskOom.decode(envelope.event.value).containerId)
    }
    return {}
  })
  // Left by an engine that was killed; the lock of the data root says that it is gone.
  rmSync(path, { force: true })
  await server.listen(path)
  return server
}
