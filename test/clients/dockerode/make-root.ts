import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { makeBusyboxImage } from '../../../core/setup/busybox-image.ts'

const bash = '/bin/bash'

/**
 * What stands for the root of ubuntu and alpine, as an archive for `docker import`: the static busybox of this host, and its
 * bash with the libraries that it is linked to. The suite runs bash.
 */
export async function makeRoot(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'moby-root-'))
  try {
    const [image, root] = [join(folder, 'image'), join(folder, 'root')]
    for (const each of [image, root]) await mkdir(each)
    const { archive } = await makeBusyboxImage({ reference: 'busybox:latest' })
    execFileSync('tar', ['-x', '-C', image], { input: archive })
    execFileSync('tar', ['-xf', join(image, 'layer.tar'), '-C', root])
    const linked = execFileSync('ldd', [bash], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g)
    for (const path of [bash, ...[...linked].map(([, library = '']) => library)]) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await cp(path, join(root, path), { dereference: true })
    }
    return execFileSync('tar', ['--owner=0', '--group=0', '--numeric-owner', '-C', root, '-c', '.'], {
      maxBuffer: 2 ** 30,
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
