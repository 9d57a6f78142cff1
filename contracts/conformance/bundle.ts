import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Stdio } from '../runtime/index.ts'
import { eventually } from './checks.ts'

/** What the cases of `runtime` need of the host. */
export interface RuntimeFixtures {
  /** Absolute path of a statically linked busybox. */
  readonly busybox: string
  /** An empty folder for bundles; its path is short. */
  readonly folder: string
  /** Cgroup under which containers are made: `/something`. */
  readonly cgroupParent: string
}

/** No case of `runtime` runs without these. */
export const runtimeNeeds = ['busybox', 'folder', 'cgroupParent'] as const satisfies readonly (keyof RuntimeFixtures)[]

/** Standard streams over FIFOs that the kit holds open, as an engine does. */
export interface Streams {
  readonly stdio: Stdio
  /** What has come so far. */
  read(stream: 'stdout' | 'stderr'): string
  /** Waits until the text has come. */
  until(stream: 'stdout' | 'stderr', text: string): Promise<void>
  write(text: string): void
  /** Gives the kit's end of the standard input up; `closeStdin` of the driver gives up the other one. */
  endInput(): void
  close(): void
}

/** A folder with config.json and rootfs. */
export interface Bundle {
  readonly id: string
  readonly path: string
  readonly streams: Streams
  /** Streams and an OCI process for an exec. */
  exec(args: readonly string[], terminal?: boolean): Promise<{ streams: Streams; process: Record<string, unknown> }>
  close(): Promise<void>
}

const applets = ['sh', 'cat', 'echo', 'sleep', 'stty', 'true', 'kill', 'id', 'pwd']
const makeFifo = (path: string): Promise<unknown> => promisify(execFile)('mkfifo', [path])

/** Makes a bundle of busybox that runs `args`. */
export async function makeBundle(
  fixtures: RuntimeFixtures,
  args: readonly string[],
  options: { readonly terminal?: boolean } = {},
): Promise<Bundle> {
  const id = `c${randomBytes(6).toString('hex')}`
  const path = join(fixtures.folder, id)
  const bin = join(path, 'rootfs/bin')
  for (const folder of ['rootfs/bin', 'rootfs/proc', 'rootfs/dev', 'rootfs/tmp', 'streams']) {
    await mkdir(join(path, folder), { recursive: true })
  }
  await copyFile(fixtures.busybox, join(bin, 'busybox'))
  for (const applet of applets) await symlink('busybox', join(bin, applet))
  const terminal = options.terminal ?? false
  const spec = runtimeSpec(processOf(args, terminal), `${fixtures.cgroupParent}/${id}`)
  await writeFile(join(path, 'config.json'), JSON.stringify(spec))
  const opened: Streams[] = []
  const open = async (name: string, isTerminal: boolean): Promise<Streams> => {
    const streams = await openStreams(join(path, 'streams', name), isTerminal)
    opened.push(streams)
    return streams
  }
  return {
    id,
    path,
    streams: await open('main', terminal),
    exec: async (command, isTerminal = false) => ({
      streams: await open(randomBytes(4).toString('hex'), isTerminal),
      process: processOf(command, isTerminal),
    }),
    async close() {
      for (const streams of opened) streams.close()
      await rm(path, { recursive: true, force: true })
    },
  }
}

function processOf(args: readonly string[], terminal: boolean): Record<string, unknown> {
  return {
    terminal,
    user: { uid: 0, gid: 0 },
    args,
    env: ['PATH=/bin', 'TERM=xterm'],
    cwd: '/',
    noNewPrivileges: true,
    capabilities: { bounding: ['CAP_KILL'], effective: ['CAP_KILL'], permitted: ['CAP_KILL'] },
  }
}

function runtimeSpec(process: Record<string, unknown>, cgroupsPath: string): Record<string, unknown> {
  return {
    ociVersion: '1.0.2',
    process,
    root: { path: 'rootfs', readonly: false },
    hostname: 'conformance',
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
      {
        destination: '/dev/pts',
        type: 'devpts',
        source: 'devpts',
        options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
      },
    ],
    linux: {
      cgroupsPath,
      resources: { devices: [{ allow: true, access: 'rwm' }] },
      namespaces: ['pid', 'ipc', 'uts', 'mount', 'network'].map((type) => ({ type })),
    },
  }
}

async function openStreams(folder: string, terminal: boolean): Promise<Streams> {
  await mkdir(folder)
  const names = terminal ? (['stdin', 'stdout'] as const) : (['stdin', 'stdout', 'stderr'] as const)
  const paths = Object.fromEntries(names.map((name) => [name, join(folder, name)]))
  for (const name of names) await makeFifo(join(folder, name))
  const text = { stdout: '', stderr: '' }
  const sockets = names.flatMap((name) => (name === 'stdin' ? [] : [collectInto(text, name, join(folder, name))]))
  const input = openSync(join(folder, 'stdin'), constants.O_RDWR | constants.O_NONBLOCK)
  let inputOpen = true
  const endInput = (): void => {
    if (inputOpen) closeSync(input)
    inputOpen = false
  }
  return {
    stdio: { terminal, ...paths },
    read: (stream) => text[stream],
    until: (stream, wanted) =>
      eventually(15_000, `${JSON.stringify(wanted)} on ${stream}`, async () => text[stream].includes(wanted)),
    write: (chunk) => void writeSync(input, chunk),
    endInput,
    close() {
      for (const socket of sockets) socket.destroy()
      endInput()
    },
  }
}

/** Opened for reading and writing: the end of one writer is then not the end of the stream. */
function collectInto(text: Record<'stdout' | 'stderr', string>, name: 'stdout' | 'stderr', path: string): Socket {
  const socket = new Socket({
    fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK),
    readable: true,
    writable: false,
  })
  socket.on('data', (chunk) => (text[name] += chunk.toString()))
  socket.on('error', () => undefined)
  return socket
}
