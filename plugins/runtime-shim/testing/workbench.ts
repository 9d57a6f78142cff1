import { closeSync, constants, existsSync, openSync, readdirSync, readFileSync, readSync, rmdirSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createHash, randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ComponentContext, Implementation, runtime, RuntimeEvent, Stdio } from '@moby/contracts'
import { makeFifo } from '@moby/lib-linux'
import type { RuntimeConfig } from 'oci-spec-ts'
import type { Config } from '../config.ts'
import component from '../index.ts'

type Driver = Implementation<typeof runtime>

/** A driver as the kernel would make it, in a folder of its own. */
export interface Workbench {
  readonly folder: string
  /** Namespace of its shims. */
  readonly namespace: string
  readonly driver: Driver
  readonly events: RuntimeEvent[]
  /** Everything that was said in the log. */
  readonly warnings: string[]
  stop(): Promise<void>
  /** Stops it, ends all that is left and removes the folder. */
  clean(): Promise<void>
}

export async function makeWorkbench(config: Partial<Config> = {}, folder?: string): Promise<Workbench> {
  const root = folder ?? (await mkdtemp(join(tmpdir(), 'rs-')))
  const id = createHash('sha256').update(root).digest('hex').slice(0, 8)
  const folders = { data: join(root, 'data'), run: join(root, 'run') }
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true })
  const warnings: string[] = []
  const quiet = () => undefined
  const context = {
    name: 'runtime',
    component: { name: 'moby/runtime-shim', version: '0.1.0' },
    config: { shim: 'io.containerd.runc.v2', binary: 'runc', args: [], systemdCgroup: false, idleShims: 0, ...config },
    instance: { id, dataRoot: folders.data, runRoot: folders.run },
    folders,
    log: { debug: quiet, info: quiet, warn: (message: string) => warnings.push(message), error: quiet },
  } as unknown as ComponentContext<Config>
  const running = await component.create(context)
  await running.start?.()
  const driver = running.provides['runtime'] as Driver
  const events: RuntimeEvent[] = []
  const listening = new AbortController()
  void collect(driver.events({}, { signal: listening.signal }), events)
  const stop = async () => {
    listening.abort()
    await running.stop?.('leave-containers')
  }
  return {
    folder: root,
    namespace: `moby-${id}`,
    driver,
    events,
    warnings,
    stop,
    async clean() {
      const records = join(folders.run, 'tasks')
      for (const name of existsSync(records) ? readdirSync(records) : []) {
        await driver.delete({ id: name.replace(/\.json$/, ''), force: true }).catch(quiet)
      }
      await stop().catch(quiet)
      await rm(root, { recursive: true, force: true })
      for (const mount of cgroupMounts()) removeFolder(join(mount, `moby-${id}`))
    },
  }
}

async function collect(source: AsyncIterable<RuntimeEvent>, into: RuntimeEvent[]): Promise<void> {
  for await (const event of source) into.push(event)
}

/** A bundle with a static busybox, a FIFO for each stream, and both ends of the FIFOs held open. */
export interface Bundle {
  readonly id: string
  readonly path: string
  readonly cgroup: string
  readonly stdio: Stdio
  /** What the container has written so far. */
  output(stream?: 'stdout' | 'stderr'): string
  /** Waits until the output has the text. */
  outputWith(text: string, stream?: 'stdout' | 'stderr'): Promise<string>
  /** Descriptor of the standard input. */
  readonly stdin: number
  closeStdin(): void
}

export interface BundleOptions {
  readonly terminal?: boolean
  readonly resources?: NonNullable<RuntimeConfig['linux']>['resources']
  readonly annotations?: Record<string, string>
}

export async function makeBundle(bench: Workbench, args: string[], options: BundleOptions = {}): Promise<Bundle> {
  const id = `c${randomBytes(6).toString('hex')}`
  const path = join(bench.folder, 'b', id)
  const cgroup = `/${bench.namespace}/${id}`
  await makeRoot(join(path, 'rootfs'))
  await writeFile(join(path, 'config.json'), JSON.stringify(configOf(args, cgroup, options)))
  return { id, path, cgroup, ...openStreams(path, 'io', options.terminal === true) }
}

/** FIFOs of one process in a folder. */
export function openStreams(folder: string, name: string, terminal = false) {
  const paths = { stdin: join(folder, `${name}-in`), stdout: join(folder, `${name}-out`) }
  const all = terminal ? paths : { ...paths, stderr: join(folder, `${name}-err`) }
  const descriptors = new Map<string, number>()
  for (const [stream, fifo] of Object.entries(all)) {
    makeFifo(fifo, 0o600)
    descriptors.set(stream, openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK))
  }
  const seen = { stdout: '', stderr: '' }
  const output = (stream: 'stdout' | 'stderr' = 'stdout') => {
    const descriptor = descriptors.get(stream)
    if (descriptor !== undefined) seen[stream] += readAll(descriptor)
    return seen[stream]
  }
  return {
    stdio: { terminal, ...all } as Stdio,
    stdin: descriptors.get('stdin') ?? -1,
    output,
    outputWith: async (text: string, stream: 'stdout' | 'stderr' = 'stdout') => {
      await until(() => output(stream).includes(text), `${text} in ${stream}`)
      return output(stream)
    },
    closeStdin: () => closeSync(descriptors.get('stdin') ?? -1),
  }
}

export async function until(condition: () => boolean | Promise<boolean>, what: string, ms = 20_000): Promise<void> {
  const end = Date.now() + ms
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited ${ms} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Process ids of all shims of an instance. */
export function shimProcesses({ namespace }: Workbench): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readOrEmpty(`/proc/${pid}/cmdline`).includes(namespace))
    .map(Number)
}

/** The same without shims that wait for a container, which are as they should be. */
export function leftoversOfContainers(bench: Workbench, bundles: readonly Bundle[]): string[] {
  return leftovers(bench, bundles).filter((line) => !/(-id |\/shims\/)shim-/.test(line))
}

/** What of an instance is left on the host: processes, cgroups, mounts, sockets, files of bundles. */
export function leftovers(bench: Workbench, bundles: readonly Bundle[]): string[] {
  const processes = shimProcesses(bench).map(
    (pid) => `process ${pid}: ${readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`,
  )
  const cgroups = cgroupMounts()
    .flatMap((mount) => bundles.map(({ cgroup }) => `${mount}${cgroup}`))
    .filter((path) => existsSync(path))
  const mounts = readOrEmpty('/proc/self/mounts')
    .split('\n')
    .filter((line) => line.includes(bench.folder))
  const files = bundles
    .filter(({ path }) => existsSync(path))
    .flatMap(({ path }) => readdirSync(path).map((name) => join(path, name)))
    .filter((path) => !/\/(rootfs|config\.json|[a-z]+-(in|out|err))$/.test(path))
  const state = ['tasks', 's', 'runtime', 'shims']
    .map((name) => join(bench.folder, 'run', name))
    .flatMap((path) => listAll(path))
  return [...processes, ...cgroups, ...mounts, ...files, ...state]
}

function cgroupMounts(): string[] {
  return readOrEmpty('/proc/self/mounts')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, mount]) => mount ?? '')
}

function removeFolder(path: string): void {
  if (existsSync(path)) rmdirSync(path)
}

function listAll(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function readAll(descriptor: number): string {
  const buffer = Buffer.alloc(65_536)
  let text = ''
  for (;;) {
    try {
      const length = readSync(descriptor, buffer)
      if (length === 0) return text
      text += buffer.toString('utf8', 0, length)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return text
      throw error
    }
  }
}

async function makeRoot(root: string): Promise<void> {
  for (const name of ['bin', 'dev', 'proc', 'sys', 'tmp', 'etc']) await mkdir(join(root, name), { recursive: true })
  await copyFile('/bin/busybox', join(root, 'bin/busybox'))
  for (const applet of ['sh', 'cat', 'echo', 'sleep', 'stty', 'dd', 'true', 'kill']) {
    await symlink('busybox', join(root, 'bin', applet))
  }
  await writeFile(join(root, 'etc/plain'), 'not executable\n', { mode: 0o644 })
}

function configOf(args: string[], cgroupsPath: string, options: BundleOptions): RuntimeConfig {
  const capabilities = ['CAP_KILL', 'CAP_SETUID', 'CAP_SETGID', 'CAP_CHOWN']
  return {
    ociVersion: '1.0.2',
    root: { path: 'rootfs' },
    process: {
      terminal: options.terminal ?? false,
      ...processOf(args),
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
    },
    hostname: 'test',
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
      { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['newinstance', 'ptmxmode=0666'] },
    ],
    ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
    linux: {
      cgroupsPath,
      ...(options.resources === undefined ? {} : { resources: options.resources }),
      namespaces: [{ type: 'pid' }, { type: 'ipc' }, { type: 'uts' }, { type: 'mount' }, { type: 'network' }],
    },
  }
}

export function processOf(args: string[]) {
  return { args, cwd: '/', env: ['PATH=/bin', 'TERM=xterm'], user: { uid: 0, gid: 0 } }
}
