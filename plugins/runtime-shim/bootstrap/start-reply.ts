import { codedError } from '@moby/contracts'
import { BootstrapResult } from '../protocol/bootstrap-messages.ts'
import type { TaskServiceVersion } from '../protocol/task-service.ts'

/** Where a shim serves, and in which version. */
export interface ShimAddress {
  /** Path of its Unix socket. */
  readonly path: string
  readonly service: TaskServiceVersion
}

interface Reply {
  readonly version: number
  readonly address: string
  readonly protocol: string
}

/**
 * Reads what `start` printed, in any of the three dialects: an address as text (containerd up to 1.7), JSON
 * (2.0 to 2.2), protobuf (from 2.3). Fails with RUNTIME_CREATE_FAILED.
 */
export function readStartReply(stdout: Uint8Array): ShimAddress {
  const reply = fromText(stdout) ?? fromJson(stdout) ?? fromProtobuf(stdout)
  if (reply === undefined || !/^(unix:\/\/)?\//.test(reply.address)) {
    throw codedError('RUNTIME_CREATE_FAILED', 'The shim told no address of a Unix socket where it serves', {
      details: { reply: Buffer.from(stdout).toString('utf8').slice(0, 200) },
    })
  }
  if (reply.protocol !== '' && reply.protocol !== 'ttrpc') {
    throw codedError('NOT_SUPPORTED', `The shim serves ${reply.protocol}; only ttrpc is spoken here`)
  }
  return { path: reply.address.replace(/^unix:\/\//, ''), service: reply.version >= 3 ? 3 : 2 }
}

function fromText(stdout: Uint8Array): Reply | undefined {
  const address = Buffer.from(stdout).toString('utf8').trim()
  return /^(unix:\/\/)?\/[\x21-\x7e]+$/.test(address) ? { version: 2, address, protocol: 'ttrpc' } : undefined
}

function fromJson(stdout: Uint8Array): Reply | undefined {
  try {
    const { version, address, protocol = '' } = JSON.parse(Buffer.from(stdout).toString('utf8')) as Partial<Reply>
    return typeof version === 'number' && typeof address === 'string' ? { version, address, protocol } : undefined
  } catch {
    return undefined
  }
}

function fromProtobuf(stdout: Uint8Array): Reply | undefined {
  try {
    return BootstrapResult.decode(stdout)
  } catch {
    return undefined
  }
}
