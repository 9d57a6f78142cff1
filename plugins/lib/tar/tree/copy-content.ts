import { closeSync, constants, copyFileSync, fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs'
import { cannotShare, dataRanges, openAt, openFlags, type FileStatus } from '@moby/lib-linux/files'

const pieceSize = 1 << 20

/** A copy of a file in another folder, where the name must be free. Shared where the file system can; holes are kept. */
export function copyContent(from: number, to: number, name: string, status: FileStatus): void {
  const path = (folder: number) => Buffer.concat([Buffer.from(`/proc/self/fd/${folder}/`), Buffer.from(name, 'latin1')])
  const isSparse = status.allocated < status.size
  // Unless it can be shared, a copy by the kernel would fill the holes.
  const sharing = isSparse ? constants.COPYFILE_FICLONE_FORCE : constants.COPYFILE_FICLONE
  try {
    copyFileSync(path(from), path(to), constants.COPYFILE_EXCL | sharing)
  } catch (error) {
    if (!isSparse || !cannotShare(error)) throw error
    copySparse(from, to, name)
  }
}

function copySparse(from: number, to: number, name: string): void {
  const source = openAt(from, name, openFlags.O_RDONLY)
  try {
    const target = openAt(to, name, openFlags.O_WRONLY | openFlags.O_CREAT | openFlags.O_EXCL, 0o600)
    try {
      const { size } = fstatSync(source)
      ftruncateSync(target, size)
      for (const { offset, length } of dataRanges(source))
        copyRange(source, target, offset, Math.min(offset + length, size))
    } finally {
      closeSync(target)
    }
  } finally {
    closeSync(source)
  }
}

function copyRange(source: number, target: number, offset: number, end: number): void {
  const piece = new Uint8Array(Math.min(pieceSize, Math.max(0, end - offset)))
  for (let at = offset; at < end;) {
    const count = readSync(source, piece, 0, Math.min(piece.length, end - at), at)
    if (count === 0) return
    for (let written = 0; written < count;) written += writeSync(target, piece, written, count - written, at + written)
    at += count
  }
}
