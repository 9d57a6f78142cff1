/** Flags of mount(2) by their name in <sys/mount.h>, without MS_. */
export const mountFlags = {
  rdonly: 1,
  nosuid: 2,
  nodev: 4,
  noexec: 8,
  synchronous: 16,
  remount: 32,
  dirsync: 128,
  nosymfollow: 256,
  noatime: 1024,
  nodiratime: 2048,
  bind: 4096,
  move: 8192,
  rec: 16_384,
  silent: 32_768,
  unbindable: 1 << 17,
  private: 1 << 18,
  slave: 1 << 19,
  shared: 1 << 20,
  relatime: 1 << 21,
  strictatime: 1 << 24,
  lazytime: 1 << 25,
} as const

/** fstab words that mean flags: `[set, cleared]`. Every other word belongs to the file system. */
const words: Readonly<Record<string, readonly [set: number, cleared: number]>> = {
  defaults: [0, 0],
  ro: [mountFlags.rdonly, 0],
  rw: [0, mountFlags.rdonly],
  nosuid: [mountFlags.nosuid, 0],
  suid: [0, mountFlags.nosuid],
  nodev: [mountFlags.nodev, 0],
  dev: [0, mountFlags.nodev],
  noexec: [mountFlags.noexec, 0],
  exec: [0, mountFlags.noexec],
  sync: [mountFlags.synchronous, 0],
  async: [0, mountFlags.synchronous],
  dirsync: [mountFlags.dirsync, 0],
  nosymfollow: [mountFlags.nosymfollow, 0],
  noatime: [mountFlags.noatime, 0],
  atime: [0, mountFlags.noatime],
  nodiratime: [mountFlags.nodiratime, 0],
  diratime: [0, mountFlags.nodiratime],
  relatime: [mountFlags.relatime, 0],
  norelatime: [0, mountFlags.relatime],
  strictatime: [mountFlags.strictatime, 0],
  lazytime: [mountFlags.lazytime, 0],
  remount: [mountFlags.remount, 0],
  bind: [mountFlags.bind, 0],
  rbind: [mountFlags.bind | mountFlags.rec, 0],
}

const propagationWords: Readonly<Record<string, number>> = {
  private: mountFlags.private,
  rprivate: mountFlags.private | mountFlags.rec,
  slave: mountFlags.slave,
  rslave: mountFlags.slave | mountFlags.rec,
  shared: mountFlags.shared,
  rshared: mountFlags.shared | mountFlags.rec,
  unbindable: mountFlags.unbindable,
  runbindable: mountFlags.unbindable | mountFlags.rec,
}

export interface ParsedMountOptions {
  /** MS_ flags without propagation. */
  readonly flags: number
  /** Propagation changes, to be applied one call each after the mount. */
  readonly propagation: readonly number[]
  /** Options of the file system, in order. */
  readonly data: readonly string[]
}

/** Splits fstab options into flags of mount(2) and options of the file system. */
export function parseMountOptions(options: readonly string[]): ParsedMountOptions {
  let flags = 0
  const propagation: number[] = []
  const data: string[] = []
  for (const option of options) {
    const word = Object.hasOwn(words, option) ? words[option] : undefined
    const change = Object.hasOwn(propagationWords, option) ? propagationWords[option] : undefined
    if (word !== undefined) flags = (flags & ~word[1]) | word[0]
    else if (change !== undefined) propagation.push(change)
    else if (option !== '') data.push(option)
  }
  return { flags, propagation, data }
}
