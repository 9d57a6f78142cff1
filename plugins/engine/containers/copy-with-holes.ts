import { cannotShare, dataRanges, type FileStatus } from '@moby/lib-linux'
import { constants } from 'node:fs'
import { copyFile, open, type FileHandle } from 'node:fs/promises'

const pieceSize = 1 << 20
/** Copies a file to a name that must be free; shared where the file system can, and holes are kept. */
export async function copyWithHoles(from: Buffer, to: Buffer, status: FileStatus): Promise<void> {
  const isSparse = status.allocated < status.size
  // Unless it can be shared, a copy by the kernel would fill the holes.
  const sharing = isSparse ? constants.COPYFILE_FICLONE_FORCE : constants.COPYFILE_FICLONE
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | sharing)
  } catch (error) {
    if (!isSparse || !cannotShare(error)) throw error
    await using source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW)
    await using target = await open(to, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    await copyData(source, target)
  }
}

async function copyData(source: FileHandle, target: FileHandle): Promise<void> {
  const { size } = await source.stat()
  await target.truncate(size)
  const piece = new Uint8Array(Math.min(pieceSize, size))
  for (const { offset, length } of dataRanges(source.fd)) {
    const end = Math.min(offset + length, size)
    for (let at = offset; at < end;) {
      const { bytesRead } = await source.read(piece, 0, Math.min(piece.length, end - at), at)
      if (bytesRead === 0) return
      for (let written = 0; written < bytesRead;) {
        written += (await target.write(piece, written, bytesRead - written, at + written)).bytesWritten
      }
      at += bytesRead
    }
  }
}
