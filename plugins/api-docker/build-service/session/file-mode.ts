import type { EntryType } from '@moby/lib-tar'

// Bits of Go's os.FileMode.
const bits = {
  directory: 0x8000_0000,
  symlink: 0x0800_0000,
  device: 0x0400_0000,
  fifo: 0x0200_0000,
  socket: 0x0100_0000,
  setuid: 0x0080_0000,
  setgid: 0x0040_0000,
  character: 0x0020_0000,
  sticky: 0x0010_0000,
  irregular: 0x0008_0000,
} as const

const has = (mode: number, bit: number) => (mode & bit) !== 0

/** What a mode of Go's os.FileMode says is there; undefined for sockets and what has no name. */
export function typeOfGoMode(mode: number): EntryType | undefined {
  if (has(mode, bits.directory)) return 'directory'
  if (has(mode, bits.symlink)) return 'symlink'
  if (has(mode, bits.device)) return has(mode, bits.character) ? 'character' : 'block'
  if (has(mode, bits.fifo)) return 'fifo'
  return has(mode, bits.socket) || has(mode, bits.irregular) ? undefined : 'file'
}

/** The permissions of it, with setuid, setgid and sticky bit where Unix has them. */
export function permissionsOfGoMode(mode: number): number {
  return (
    (mode & 0o777) |
    (has(mode, bits.setuid) ? 0o4000 : 0) |
    (has(mode, bits.setgid) ? 0o2000 : 0) |
    (has(mode, bits.sticky) ? 0o1000 : 0)
  )
}

/** The other way round. A hard link is a file. */
export function goModeOf(type: EntryType, permissions: number): number {
  const kind = {
    file: 0,
    'hard-link': 0,
    directory: bits.directory,
    symlink: bits.symlink,
    fifo: bits.fifo,
    block: bits.device,
    character: bits.device | bits.character,
  }[type]
  const special =
    ((permissions & 0o4000) === 0 ? 0 : bits.setuid) |
    ((permissions & 0o2000) === 0 ? 0 : bits.setgid) |
    ((permissions & 0o1000) === 0 ? 0 : bits.sticky)
  return (kind | special | (permissions & 0o777)) >>> 0
}
