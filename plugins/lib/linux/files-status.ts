import { declareFunction, lastErrno } from './binding.ts'
import { cName, fromByteString } from './files-name.ts'
import { errnoName, failSystemCall } from './syscall.ts'

const statx = declareFunction<
  (folder: number, name: Uint8Array, flags: number, mask: number, status: Uint8Array) => number
>('int statx(int folder, const void *name, int flags, unsigned int mask, void *status)')

const emptyPath = 0x1000
const noFollow = 0x100
const basicStatus = 0x7ff
/** STATX_ATTR_MOUNT_ROOT. */
const mountRoot = 0x2000

export type FileType = 'file' | 'directory' | 'symlink' | 'character' | 'block' | 'fifo' | 'socket'

/** By the upper four bits of the mode (inode(7)). */
const types: Readonly<Record<number, FileType>> = {
  0o01: 'fifo',
  0o02: 'character',
  0o04: 'directory',
  0o06: 'block',
  0o10: 'file',
  0o12: 'symlink',
  0o14: 'socket',
}

/** What statx(2) tells of a file. */
export interface FileStatus {
  readonly type: FileType
  /** Permissions with setuid, setgid and sticky bit: 0o7777 at most. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes. */
  readonly size: number
  /** Bytes of disk, in whole blocks. */
  readonly allocated: number
  readonly links: number
  readonly inode: bigint
  readonly device: bigint
  /** Of a device node. */
  readonly major: number
  readonly minor: number
  /** Nanoseconds since 1970. */
  readonly accessedAt: bigint
  readonly modifiedAt: bigint
  /** Something is mounted there. Always false before Linux 5.8, which does not tell. */
  readonly isMountRoot: boolean
}

const buffer = Buffer.alloc(256)

/**
 * Status of `name` in an open folder, of a symbolic link itself; with an empty name that of the descriptor.
 * Undefined when there is no such name.
 */
export function statAt(folder: number, name: string): FileStatus | undefined {
  if (statx(folder, cName(name), noFollow | (name === '' ? emptyPath : 0), basicStatus, buffer) === 0) return decode()
  const errno = lastErrno()
  if (errnoName(errno) === 'ENOENT') return undefined
  failSystemCall('statx', errno, fromByteString(name))
}

/** Reads the fields of struct statx (<linux/stat.h>), which is the same on every architecture. */
function decode(): FileStatus {
  const mode = buffer.readUInt16LE(28)
  return {
    type: types[mode >> 12] ?? 'socket',
    mode: mode & 0o7777,
    uid: buffer.readUInt32LE(20),
    gid: buffer.readUInt32LE(24),
    size: Number(buffer.readBigUInt64LE(40)),
    allocated: Number(buffer.readBigUInt64LE(48)) * 512,
    links: buffer.readUInt32LE(16),
    inode: buffer.readBigUInt64LE(32),
    device: (BigInt(buffer.readUInt32LE(136)) << 32n) | BigInt(buffer.readUInt32LE(140)),
    major: buffer.readUInt32LE(128),
    minor: buffer.readUInt32LE(132),
    accessedAt: time(64),
    modifiedAt: time(112),
    isMountRoot: (buffer.readUInt32LE(8) & mountRoot) !== 0,
  }
}

function time(at: number): bigint {
  return buffer.readBigInt64LE(at) * 1_000_000_000n + BigInt(buffer.readUInt32LE(at + 8))
}
