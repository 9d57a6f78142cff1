import type { Agent } from 'node:http'
import type { Socket } from 'node:net'
import { nodeHttp } from './node-http.ts'

/**
 * Keeps connections to a peer for the next call. Node closes one on which something comes while no call is under way:
 * the next call would take it for its own answer. That is told, and a peer that did so once gets a connection for
 * each call from then on.
 */
export function makeQuietAgent(onUnasked: () => void): Agent {
  const agent = new nodeHttp.Agent({ keepAlive: true, maxFreeSockets: 8, timeout: 0 })
  /** Bytes that a connection had brought when it was last given back. */
  const given = new WeakMap<object, number>()
  agent.on('free', (socket: Socket) => {
    const isNew = !given.has(socket)
    given.set(socket, socket.bytesRead)
    if (!isNew) return
    socket.once('close', () => {
      const before = given.get(socket)
      if (before === undefined || socket.bytesRead <= before) return
      agent.maxFreeSockets = 0
      onUnasked()
    })
  })
  const reuse = agent.reuseSocket.bind(agent)
  agent.reuseSocket = (socket, request) => {
    given.set(socket, Number.POSITIVE_INFINITY)
    reuse(socket, request)
  }
  return agent
}
