import { declareFunction } from './binding.ts'
import { cName, fromByteString } from './files-name.ts'
import { checked } from './syscall.ts'

const mkdirat = declareFunction<(folder: number, name: Uint8Array, mode: number) => number>(
  'int mkdirat(int folder, const void *name, uint32_t mode)',
)
const mknodat = declareFunction<(folder: number, name: Uint8Array, mode: number, device: bigint) => number>(
  'int mknodat(int folder, const void *name, uint32_t mode, uint64_t device)',
)
const symlinkat = declareFunction<(target: Uint8Array, folder: number, name: Uint8Array) => number>(
  'int symlinkat(const void *target, int folder, const void *name)',
)
const readlinkat = declareFunction<(folder: number, name: Uint8Array, buffer: Uint8Array, size: number) => number>(
  'long readlinkat(int folder, const void *name, void *buffer, size_t size)',
)
const linkat = declareFunction<
  (fromFolder: number, from: Uint8Array, folder: number, name: Uint8Array, flags: number) => number
>('int linkat(int fromFolder, const void *from, int folder, const void *name, int flags)')
const unlinkat = declareFunction<(folder: number, name: Uint8Array, flags: number) => number>(
  'int unlinkat(int folder, const void *name, int flags)',
)
const renameat2 = declareFunction<
  (fromFolder: number, from: Uint8Array, folder: number, name: Uint8Array, flags: number) => number
>('int renameat2(int fromFolder, const void *from, int folder, const void *name, unsigned int flags)')

const nodeTypes = { character: 0o020000, block: 0o060000, fifo: 0o010000, socket: 0o140000 } as const
const removeFolderFlag = 0x200

/** Makes a folder in an open folder; the umask takes from the mode. */
export function makeFolderAt(folder: number, name: string, mode: number): void {
  checked(mkdirat(folder, cName(name), mode), 'mkdirat', fromByteString(name))
}

/** Makes a device node, FIFO or socket; the umask takes from the mode. */
export function makeNodeAt(
  folder: number,
  name: string,
  node: { type: keyof typeof nodeTypes; mode: number; major?: number; minor?: number },
): void {
  const device = deviceNumber(node.major ?? 0, node.minor ?? 0)
  checked(mknodat(folder, cName(name), nodeTypes[node.type] | node.mode, device), 'mknodat', fromByteString(name))
}

/** The dev_t of the C library: the low bits of both numbers first, then the high ones (<sys/sysmacros.h>). */
function deviceNumber(major: number, minor: number): bigint {
  const [wideMajor, wideMinor] = [BigInt(major), BigInt(minor)]
  return (
    ((wideMajor & 0xfffn) << 8n) |
    ((wideMajor & 0xfffff000n) << 32n) |
    (wideMinor & 0xffn) |
    ((wideMinor & 0xffffff00n) << 12n)
  )
}

export function makeSymlinkAt(target: string, folder: number, name: string): void {
  checked(symlinkat(cName(target, 1), folder, cName(name)), 'symlinkat', fromByteString(name))
}

/** The target of a symbolic link, as it stands. */
export function readLinkAt(folder: number, name: string): string {
  const target = Buffer.alloc(4096)
  const length = checked(readlinkat(folder, cName(name), target, target.length), 'readlinkat', fromByteString(name))
  return target.toString('latin1', 0, length)
}

/** Makes a second name for a file; a symbolic link is itself linked, not followed. */
export function makeHardLinkAt(fromFolder: number, from: string, folder: number, name: string): void {
  checked(linkat(fromFolder, cName(from, 1), folder, cName(name), 0), 'linkat', fromByteString(name))
}

/** Removes a name that is no folder. */
export function unlinkAt(folder: number, name: string): void {
  checked(unlinkat(folder, cName(name), 0), 'unlinkat', fromByteString(name))
}

/** Removes an empty folder. */
export function removeFolderAt(folder: number, name: string): void {
  checked(unlinkat(folder, cName(name), removeFolderFlag), 'unlinkat', fromByteString(name))
}

const renameModes = { replace: 0, 'no-replace': 1, exchange: 2 } as const

/** Renames in one step: over what is there, failing with EEXIST, or exchanging the two (renameat2(2)). */
export function renameAt(
  fromFolder: number,
  from: string,
  folder: number,
  name: string,
  mode: keyof typeof renameModes = 'replace',
): void {
  checked(
    renameat2(fromFolder, cName(from, 1), folder, cName(name), renameModes[mode]),
    'renameat2',
    fromByteString(name),
  )
}
