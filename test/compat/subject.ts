import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { execa } from 'execa'
import { makeBusyboxImage } from '../../core/setup/busybox-image.ts'
import { EngineProcess, type EngineOptions } from '../e2e/engine-process.ts'
import { nothingLeft } from '../e2e/footprint.ts'
import { DockerdPeer, dockerdFolder } from '../peers/dockerd.ts'

/** What one request was answered. */
export interface Answer {
  readonly status: number
  readonly type: string
  /** Parsed when it is JSON, lines of JSON as a list, text otherwise. */
  readonly body: unknown
}

export interface SubjectFacts {
  readonly name: string
  readonly socket: string
  readonly environment: Readonly<Record<string, string>>
  /** Folder whose path is no part of an answer: data root, state. */
  readonly folder: string
  /** Patterns of the files where the OCI configuration of a running container stands; `ID` for its id. */
  readonly bundles: readonly string[]
  /** A process in the network namespace of the engine, where that is not the one of the host. */
  readonly pid?: number
  /** Its process, of an engine of this project. */
  readonly engine?: EngineProcess
  /** A folder of the host with a perl in `usr`, as this engine sees it. */
  readonly tools: string
  stop(): Promise<void>
}

/** An engine under comparison: the docker CLI and raw requests against it. */
export class Subject {
  readonly facts: SubjectFacts

  constructor(facts: SubjectFacts) {
    this.facts = facts
  }

  get name(): string {
    return this.facts.name
  }

  /** The docker CLI; what it prints and how it ends. */
  async docker(args: readonly string[], input?: string): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const result = await execa('docker', args, {
      reject: false,
      timeout: 100_000,
      env: { ...this.facts.environment },
      ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    })
    return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr }
  }

  /** One request to the API. A body that is no string is sent as JSON. */
  async api(method: string, path: string, body?: unknown): Promise<Answer> {
    const { status, type, bytes } = await this.raw(method, path, body)
    return { status, type, body: parseBody(bytes.toString(), type) }
  }

  /** The same with the body as bytes. `endMs` cuts an endless answer. */
  async raw(method: string, path: string, body?: unknown, endMs = 100_000): Promise<RawAnswer> {
    return await new Promise((resolve, reject) => {
      const payload = encodeBody(body)
      const type = Buffer.isBuffer(body) ? 'application/x-tar' : 'application/json'
      const target = path.startsWith('/_') ? path : `/v1.51${path}`
      const call = request(
        {
          socketPath: this.facts.socket,
          method,
          path: target,
          headers: payload === undefined ? {} : { 'content-type': type, 'content-length': payload.length },
        },
        (response) => {
          const chunks: Buffer[] = []
          const end = () => {
            clearTimeout(cut)
            resolve({
              status: response.statusCode ?? 0,
              type: response.headers['content-type'] ?? '',
              bytes: Buffer.concat(chunks),
            })
          }
          const cut = setTimeout(() => {
            end()
            response.destroy()
          }, endMs)
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', end)
          response.on('error', () => undefined)
        },
      )
      call.on('error', reject)
      call.end(payload)
    })
  }

  /** Loads an image of static busybox; labels make it another image. */
  async loadBusybox(reference = 'busybox:latest', labels?: Readonly<Record<string, string>>): Promise<void> {
    const config = labels === undefined ? {} : { config: { Labels: labels } }
    const { archive } = await makeBusyboxImage({ reference, ...config })
    const answer = await this.raw('POST', '/images/load?quiet=1', Buffer.from(archive))
    if (answer.status !== 200) throw new Error(`${this.name}: load answered ${answer.status}: ${String(answer.bytes)}`)
  }

  /** The OCI runtime configuration of a running container. */
  async runtimeConfig(id: string): Promise<Record<string, unknown>> {
    const file = this.facts.bundles.flatMap((pattern) => globSync(pattern.replace('ID', id)))[0]
    if (file === undefined) throw new Error(`${this.name}: the bundle of ${id} was not found`)
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
  }

  stop(): Promise<void> {
    return this.facts.stop()
  }
}

export interface RawAnswer {
  readonly status: number
  readonly type: string
  readonly bytes: Buffer
}

/** `options`: of the engine, but its socket. */
export async function startMobySubject(options: EngineOptions = {}): Promise<Subject> {
  // Beside the data root, as with dockerd: what is mounted from below it is mounted otherwise.
  const folder = await mkdtemp(join(tmpdir(), 'moby-socket-'))
  const engine = await EngineProcess.start({ ...options, socket: join(folder, 'docker.sock') })
  return new Subject({
    name: 'moby',
    socket: engine.socket,
    environment: engine.environment(),
    folder: engine.dataRoot,
    bundles: [join(engine.dataRoot, '**/c/ID/config.json'), '/run/moby*/**/c/ID/config.json'],
    tools: dockerdFolder,
    engine,
    stop: async () => {
      const left = await engine.destroy()
      await rm(folder, { recursive: true, force: true })
      if (!isDeepStrictEqual(left, nothingLeft)) throw new Error(`moby has left on the host: ${JSON.stringify(left)}`)
    },
  })
}

export async function startDockerdSubject(): Promise<Subject> {
  const peer = await DockerdPeer.start()
  const folder = peer.socket.slice(0, -'/docker.sock'.length)
  return new Subject({
    name: 'dockerd',
    socket: peer.socket,
    environment: peer.environment(),
    folder: folder.slice(dockerdFolder.length),
    bundles: [join(folder, 'exec/containerd/daemon/io.containerd.runtime.v2.task/moby/ID/config.json')],
    tools: '',
    pid: peer.pid,
    stop: () => peer.stop(),
  })
}

function encodeBody(body: unknown): Buffer | undefined {
  if (body === undefined) return undefined
  if (Buffer.isBuffer(body)) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

function parseBody(text: string, type: string): unknown {
  if (!type.includes('json') || text === '') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown)
  }
}
