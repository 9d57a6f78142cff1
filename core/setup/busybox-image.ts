import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

/** An image made of nothing but the static busybox of this host, as `docker load` reads it. */
export interface BusyboxImage {
  /** Reference under which it loads. */
  readonly reference: string
  /** The archive, uncompressed. */
  readonly archive: Uint8Array<ArrayBuffer>
}

export interface BusyboxImageOptions {
  readonly reference: string
  /** Further files of the root file system: path to content. */
  readonly files?: Readonly<Record<string, string>>
  /** Further keys of the image configuration's `config`. */
  readonly config?: Readonly<Record<string, unknown>>
}

/**
 * Builds the image in a temporary folder, which is gone afterwards. Equal input gives an equal image:
 * times and owners are fixed.
 */
export async function makeBusyboxImage(options: BusyboxImageOptions): Promise<BusyboxImage> {
  const folder = await mkdtemp(join(tmpdir(), 'moby-image-'))
  try {
    const root = join(folder, 'root')
    await makeRoot(root, options.files ?? {})
    const layer = await archive(root)
    const diffId = `sha256:${sha256(layer)}`
    const config = JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      created: '2024-01-01T00:00:00Z',
      config: {
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
        Cmd: ['sh'],
        ...options.config,
      },
      rootfs: { type: 'layers', diff_ids: [diffId] },
      history: [{ created: '2024-01-01T00:00:00Z', created_by: 'static busybox of the host' }],
    })
    const image = join(folder, 'image')
    const configName = `${sha256(config)}.json`
    await mkdir(image)
    await writeFile(join(image, configName), config)
    await writeFile(join(image, 'layer.tar'), layer)
    await writeFile(
      join(image, 'manifest.json'),
      JSON.stringify([{ Config: configName, RepoTags: [options.reference], Layers: ['layer.tar'] }]),
    )
    return { reference: options.reference, archive: await archive(image) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function makeRoot(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  const busybox = await staticBusybox()
  for (const name of [
    'bin',
    'dev',
    'etc',
    'proc',
    'root',
    'sys',
    'tmp',
    'usr/bin',
    'usr/sbin',
    'sbin',
    'var',
    'home/user',
  ]) {
    await mkdir(join(root, name), { recursive: true })
  }
  await chmod(join(root, 'tmp'), 0o1777)
  await copyFile(busybox, join(root, 'bin/busybox'))
  await chmod(join(root, 'bin/busybox'), 0o755)
  const { stdout } = await execa(busybox, ['--list'])
  for (const applet of stdout.split('\n')) {
    if (applet !== 'busybox' && applet !== '') await symlink('busybox', join(root, 'bin', applet))
  }
  const etc = {
    'etc/passwd':
      'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
    'etc/group': 'root:x:0:\nuser:x:1000:\nstaff:x:50:user\nnogroup:x:65534:\n',
  }
  for (const [name, content] of Object.entries({ ...etc, ...files })) {
    await mkdir(join(root, name, '..'), { recursive: true })
    await writeFile(join(root, name), content)
  }
}

async function staticBusybox(): Promise<string> {
  for (const path of ['/bin/busybox', '/usr/bin/busybox']) {
    const { exitCode } = await execa(path, ['true'], { reject: false })
    if (exitCode === 0) return path
  }
  throw new Error('There is no busybox on this host; run: npm run setup')
}

async function archive(folder: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = `${folder}.tar`
  await execa('tar', [
    '--sort=name',
    '--mtime=@1704067200',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '-cf',
    file,
    '-C',
    folder,
    '.',
  ])
  return Uint8Array.from(await readFile(file))
}

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex')
}
