import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Grants } from '../component/grants.ts'
import type { componentLauncher } from '../component/launcher.ts'
import type { Implementation, RequestOf } from '../component/contract.ts'
import { freshName, within } from './checks.ts'
import { writeTar, type TarEntry } from './tar.ts'

/** What the cases of `component.launcher` need of the host. */
export interface LauncherFixtures {
  /** Absolute path of a statically linked busybox. */
  readonly busybox: string
  /** An empty folder. */
  readonly folder: string
  /** A character device of this host that containers do not have by themselves and that can be opened. */
  readonly device?: string
}

export type LauncherDriver = Implementation<typeof componentLauncher>
export type Launch = RequestOf<typeof componentLauncher, 'launch'>

interface Subject {
  readonly driver: LauncherDriver
  readonly fixtures: LauncherFixtures
}

/** What a container did. */
export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** An unpacked root of busybox, made once. */
export async function busyboxRoot({ busybox, folder }: LauncherFixtures): Promise<string> {
  const root = join(folder, 'root')
  if (existsSync(root)) return root
  for (const each of ['bin', 'proc', 'dev', 'sys', 'etc']) await mkdir(join(root, each), { recursive: true })
  await copyFile(busybox, join(root, 'bin/busybox'))
  await symlink('busybox', join(root, 'bin/sh'))
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nguest:x:1234:5678::/:/bin/sh\n')
  return root
}

/** An OCI image layout of busybox with one layer more; `spoil` may change the bytes of a blob. */
export async function busyboxLayout(
  fixtures: LauncherFixtures,
  config: Readonly<Record<string, unknown>>,
  options: { readonly entries?: readonly TarEntry[]; readonly spoil?: (layer: Buffer) => Buffer } = {},
): Promise<string> {
  const folder = join(fixtures.folder, freshName('layout'))
  await mkdir(join(folder, 'blobs/sha256'), { recursive: true })
  const put = async (content: Buffer, mediaType: string, spoil = (bytes: Buffer) => bytes) => {
    const hex = createHash('sha256').update(content).digest('hex')
    await writeFile(join(folder, 'blobs/sha256', hex), spoil(content))
    return { mediaType, digest: `sha256:${hex}`, size: content.length }
  }
  const layers = [
    writeTar([
      { name: 'bin', type: 'directory' },
      { name: 'bin/busybox', data: await readFile(fixtures.busybox), mode: 0o755 },
      { name: 'bin/sh', type: 'symlink', target: 'busybox' },
      { name: 'old', data: 'of the first layer' },
    ]),
    writeTar([{ name: '.wh.old' }, ...(options.entries ?? [])]),
  ].map((layer) => Buffer.from(layer))
  const blobs = []
  for (const [at, layer] of layers.entries()) {
    const spoil = at === 0 ? undefined : options.spoil
    blobs.push(await put(layer, 'application/vnd.oci.image.layer.v1.tar', spoil))
  }
  const image = { architecture: process.arch === 'x64' ? 'amd64' : process.arch, os: 'linux', config }
  const rootfs = { type: 'layers', diff_ids: blobs.map(({ digest }) => digest) }
  const configBlob = await put(json({ ...image, rootfs }), 'application/vnd.oci.image.config.v1+json')
  const manifestType = 'application/vnd.oci.image.manifest.v1+json'
  const manifest = json({ schemaVersion: 2, mediaType: manifestType, config: configBlob, layers: blobs })
  const index = { schemaVersion: 2, manifests: [await put(manifest, manifestType)] }
  await writeFile(join(folder, 'index.json'), json(index))
  await writeFile(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }))
  return folder
}

/** Launches a script of busybox with what was granted, checks, and removes it whatever happened. */
export async function inContainer<T>(
  subject: Subject,
  script: string,
  check: (started: { readonly id: string; readonly pid: number }) => Promise<T>,
  { grants = {}, ...more }: Partial<Launch> = {},
): Promise<T> {
  const started = await subject.driver.launch({
    name: 'kit',
    image: await busyboxRoot(subject.fixtures),
    command: ['/bin/sh', '-c', script],
    environment: { PATH: '/bin' },
    folders: [],
    grants,
    ...more,
  })
  // After a restart another driver stands there.
  return await check(started).finally(() => subject.driver.remove({ id: started.id }))
}

/** Runs a script to its end. */
export async function run(
  subject: Subject,
  script: string,
  grants: Grants = {},
  more: Partial<Launch> = {},
): Promise<Ran> {
  return await inContainer(subject, script, ({ id }) => endOf(subject.driver, id), { grants, ...more })
}

/** Waits for the end of a container and reads what it wrote. */
export async function endOf(driver: LauncherDriver, id: string): Promise<Ran> {
  const { exitCode } = await within(20_000, driver.wait({ id }), 'the end of the container')
  return { exitCode, ...(await outputOf(driver, id)) }
}

/** All that a container wrote, once it has ended. */
export async function outputOf(driver: LauncherDriver, id: string): Promise<{ stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '' }
  for await (const { output, data } of driver.logs({ id })) text[output] += Buffer.from(data).toString()
  return text
}

/** Reads until a text has come. */
export async function untilOutput(driver: LauncherDriver, id: string, wanted: string): Promise<void> {
  const reading = async (): Promise<void> => {
    let text = ''
    for await (const { data } of driver.logs({ id })) {
      text += Buffer.from(data).toString()
      if (text.includes(wanted)) return
    }
    throw new Error(`the container ended without ${JSON.stringify(wanted)}; it wrote ${JSON.stringify(text)}`)
  }
  await within(15_000, reading(), JSON.stringify(wanted))
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
