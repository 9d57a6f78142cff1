import { chmod, chown, link, lutimes, mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { setXattrAt } from '@moby/lib-linux'

/** cap_net_raw=ep, as the kernel keeps it (struct vfs_cap_data, revision 2). */
const netRaw = Buffer.from('0100000200200000000000000000000000000000', 'hex')

/** Everything that a layer can hold, below `srv`. */
export async function fillBase(root: string): Promise<void> {
  const srv = join(root, 'srv')
  await mkdir(join(srv, 'gone/deep'), { recursive: true })
  await mkdir(join(srv, 'opaque'))
  await mkdir(join(srv, 'sticky'))
  await mkdir(join(srv, 'ümläut'))
  await writeFile(join(srv, 'plain'), 'plain\n')
  await writeFile(join(srv, 'empty'), '')
  await writeFile(join(srv, 'ümläut/ファイル'), 'utf-8\n')
  await writeFile(join(srv, 'n'.repeat(255)), 'long\n')
  await writeFile(join(srv, 'large'), Buffer.alloc(3 * 2 ** 20 + 7, 'moby '))
  await writeFile(join(srv, 'gone/deep/file'), 'removed by the next layer\n')
  await writeFile(join(srv, 'opaque/below'), 'hidden by the next layer\n')
  await writeFile(join(srv, 'becomes-folder'), 'file\n')
  await mkdir(join(srv, 'becomes-file'))
  await writeFile(join(srv, 'setuid'), '#!\n')
  await chmod(join(srv, 'setuid'), 0o6755)
  await writeFile(join(srv, 'owned'), 'owned\n')
  await chown(join(srv, 'owned'), 1234, 2_000_000)
  await writeFile(join(srv, 'capable'), 'capable\n')
  setCapability(srv, 'capable')
  await link(join(srv, 'plain'), join(srv, 'same'))
  await symlink('/etc/../nowhere', join(srv, 'dangling'))
  await symlink('plain', join(srv, 'linked'))
  await execa('mkfifo', [join(srv, 'fifo')])
  await execa('mknod', [join(srv, 'null'), 'c', '1', '3'])
  await chmod(join(srv, 'sticky'), 0o1777)
  for (const name of ['plain', 'sticky', 'fifo', 'large']) await utimes(join(srv, name), 1.5e9 + 0.125, 1.5e9 + 0.125)
  await lutimes(join(srv, 'dangling'), 1.2e9, 1.2e9)
}

/** The layer on top: it removes, hides, and puts files in the place of folders and the reverse. */
export async function fillChanges(root: string, architecture: string): Promise<void> {
  const srv = join(root, 'srv')
  await mkdir(join(srv, 'opaque'), { recursive: true })
  await mkdir(join(srv, 'becomes-folder'))
  await mkdir(join(srv, 'gone'))
  await writeFile(join(srv, 'gone/.wh.deep'), '')
  await writeFile(join(srv, 'opaque/.wh..wh..opq'), '')
  await writeFile(join(srv, 'opaque/above'), 'seen\n')
  await writeFile(join(srv, 'becomes-folder/inside'), 'inside\n')
  await writeFile(join(srv, 'becomes-file'), 'file\n')
  await writeFile(join(srv, 'owned'), 'written again\n')
  await chown(join(srv, 'owned'), 4321, 4321)
  await writeFile(join(srv, 'architecture'), `${architecture}\n`)
}

function setCapability(folder: string, name: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    setXattrAt(descriptor, name, 'security.capability', netRaw)
  } finally {
    closeSync(descriptor)
  }
}
