import { access, constants, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { bad, good, poor, type Finding } from './finding.ts'

/** Magic numbers of statfs(2). */
const names: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x01021994: 'tmpfs',
  0x794c7630: 'overlay',
  0x2fc12fc1: 'zfs',
  0x6969: 'nfs',
  0xf2f52010: 'f2fs',
  0x65735546: 'fuse',
}

/** File systems that overlay takes as its upper layer. */
const carryOverlay = new Set(['ext4', 'xfs', 'btrfs', 'tmpfs', 'f2fs', 'zfs'])

/** The file system that the data root is on, or will be on. */
export async function examineDataRoot(dataRoot: string): Promise<Finding[]> {
  const place = await nearest(dataRoot)
  const { type, bsize, bavail } = await statfs(place)
  const name = names[type] ?? `type 0x${type.toString(16)}`
  const free = Math.floor((bavail * bsize) / 2 ** 20)
  const findings: Finding[] = [
    carryOverlay.has(name)
      ? good('data root', `${dataRoot} on ${name}`)
      : poor(
          'data root',
          `${dataRoot} on ${name}, which overlay may not take as upper layer`,
          'name a folder on ext4 or xfs with --data-root, or use moby/storage-copy in the manifest',
        ),
  ]
  if (name === 'tmpfs') {
    findings.push(poor('persistence', `${dataRoot} is in memory and is lost at a reboot`, 'name another --data-root'))
  }
  findings.push(
    free > 1024
      ? good('space', `${(free / 1024).toFixed(1)} GiB free`)
      : poor('space', `${free} MiB free`, 'free some space, or name another --data-root'),
  )
  const writable = await access(place, constants.W_OK).then(
    () => true,
    () => false,
  )
  if (!writable)
    findings.push(bad('data root', `${place} cannot be written`, 'run as root, or name another --data-root'))
  return findings
}

/** The folder, or the nearest above it that exists. */
async function nearest(folder: string): Promise<string> {
  const exists = await access(folder).then(
    () => true,
    () => false,
  )
  return exists || dirname(folder) === folder ? folder : await nearest(dirname(folder))
}
