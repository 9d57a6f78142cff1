import type { Socket } from 'node:net'

/** How often a client that has ended its side is tried, in milliseconds, to see whether it is still there. */
const probeInterval = 2000

/**
 * Finds out whether a client that ends its side of a connection still reads the other: a Unix socket tells no
 * difference between the two, but a write of no bytes fails when nobody is there, which closes the socket. Tries at
 * once and then from time to time; on TCP the kernel asks. The answer ends the watch.
 */
export function watchHalfClosed(socket: Socket): () => void {
  let timer: NodeJS.Timeout | undefined
  const probe = () => void (socket.writable && socket.write(Buffer.alloc(0)))
  const onEnd = () => {
    socket.setKeepAlive(true, probeInterval)
    probe()
    timer ??= setInterval(probe, probeInterval).unref()
  }
  const stop = () => {
    socket.off('end', onEnd)
    clearInterval(timer)
  }
  socket.on('end', onEnd)
  socket.once('close', stop)
  return stop
}
