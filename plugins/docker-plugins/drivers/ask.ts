import type { CallOptions } from '@moby/contracts'
import type { Protocol, Reader } from '@moby/lib-docker-plugin-protocol'
import type { Plugin } from '../plugin.ts'

/** Calls methods of one protocol of a plugin. */
export type Ask = <T>(method: string, reader: Reader<T>, body?: unknown, call?: CallOptions) => Promise<T>

export function askOf(plugin: Plugin, protocol: Protocol): Ask {
  return (method, reader, body, call) => plugin.call(protocol, method, reader, body, call)
}
