import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa, type Result } from 'execa'
import { makeBusyboxImage } from '../../core/setup/busybox-image.ts'
import { instanceId, restingFootprint, type Footprint } from './footprint.ts'

const root = join(import.meta.dirname, '../..')
const moby = join(root, 'node_modules/.bin/moby')
/** Milliseconds until an engine must answer; an idle host needs one second. */
const readyMs = 90_000
/** Milliseconds after which a client that hangs is ended. */
const clientMs = 100_000

export interface DockerResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface EngineOptions {
  /** Manifest; unless given that of MOBY_E2E_ASSEMBLY, else the default assembly. */
  readonly assembly?: string
  /** A root that exists already, as after a kill. */
  readonly dataRoot?: string
  /** Folder in which Docker's plugins are looked for. */
  readonly pluginDir?: string
  /** Further words after `moby up`. */
  readonly args?: readonly string[]
  /** Path of its socket, in its data root unless told. */
  readonly socket?: string
  /** True: its containers end with it when it is asked to stop, so that nothing is left for `moby down` to end. */
  readonly endsContainers?: boolean
}

/** A real engine in a process of its own, on a data root that the test owns. */
export class EngineProcess {
  readonly dataRoot: string
  readonly socket: string
  readonly logFile: string
  readonly #assembly: string | undefined
  readonly #pluginDir: string | undefined
  readonly #args: readonly string[]
  readonly #endsContainers: boolean
  #child: ChildProcess | undefined

  private constructor(
    dataRoot: string,
    { assembly, pluginDir, socket, args = [], endsContainers = false }: EngineOptions,
  ) {
    this.dataRoot = dataRoot
    this.socket = socket ?? join(dataRoot, 'docker.sock')
    this.logFile = join(dataRoot, 'engine.log')
    this.#assembly = assembly ?? process.env['MOBY_E2E_ASSEMBLY']
    this.#pluginDir = pluginDir
    this.#args = endsContainers ? [...args, '--stop-containers'] : args
    this.#endsContainers = endsContainers
  }

  /** Starts an engine and waits until it answers. */
  static async start(options: EngineOptions = {}): Promise<EngineProcess> {
    const dataRoot = options.dataRoot ?? (await mkdtemp(join(tmpdir(), 'moby-e2e-')))
    const engine = new EngineProcess(dataRoot, options)
    try {
      await engine.start()
    } catch (error) {
      // Nobody has it yet who could take it away; one that was given its data root may look into it.
      if (options.dataRoot === undefined) await engine.destroy().catch(() => undefined)
      throw error
    }
    return engine
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('The engine is not running')
    return this.#child.pid
  }

  async start(): Promise<void> {
    const log = await open(this.logFile, 'a')
    const assembly = this.#assembly === undefined ? [] : ['--assembly', this.#assembly]
    const plugins = this.#pluginDir === undefined ? [] : ['--plugin-dir', this.#pluginDir]
    const roots = ['--data-root', this.dataRoot, '--host', `unix://${this.socket}`]
    const child = spawn(moby, ['up', ...assembly, ...plugins, ...roots, ...this.#args], {
      cwd: root,
      // Whatever a test asks, the answer must be one that the OpenAPI document tells of.
      env: { ...process.env, MOBY_CHECK_ANSWERS: '1' },
      stdio: ['ignore', log.fd, log.fd],
    })
    this.#child = child
    await log.close()
    try {
      await this.#untilReady(child)
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /** Ends the process without a chance to clean up, as a power cut for it alone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Asks it to stop; containers go on, unless they are to end with it. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  /**
   * Ends everything and removes the data root. The answer tells what was left on the host. Fails, and keeps the data root,
   * when the engine's own command cannot take everything away.
   */
  async destroy(): Promise<Footprint> {
    const code = await this.#end('SIGTERM')
    const id = await instanceId(this.dataRoot)
    if (!this.#endsContainers || code !== 0) await this.#takeDown()
    if (this.#endsContainers && (code ?? 0) !== 0)
      throw new Error(`The engine ended with ${code} when it was to end its containers:\n${await this.log()}`)
    const footprint = await restingFootprint(this.dataRoot, id)
    if (footprint.mounts.length === 0) await rm(this.dataRoot, { recursive: true, force: true })
    return footprint
  }

  /** Runs the docker CLI against this engine; never throws for its exit status. */
  async docker(args: readonly string[], options: { input?: string; timeoutMs?: number } = {}): Promise<DockerResult> {
    const result = await this.dockerProcess(args, options)
    return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr }
  }

  /** The same for much output: it goes to a file, so that this process has no share in each piece that the CLI writes. */
  async dockerToFile(args: readonly string[]): Promise<Omit<DockerResult, 'stderr'>> {
    const path = join(this.dataRoot, 'output')
    const file = await open(path, 'w')
    try {
      const child = spawn('docker', args, {
        timeout: clientMs,
        env: { ...process.env, ...this.environment() },
        stdio: ['ignore', file.fd, 'inherit'],
      })
      const [code] = (await once(child, 'exit')) as [number | null]
      return { exitCode: code ?? -1, stdout: (await readFile(path, 'utf8')).trimEnd() }
    } finally {
      await file.close()
      await rm(path)
    }
  }

  /** The docker CLI as a running process, for streams and terminals. */
  dockerProcess(args: readonly string[], options: { input?: string; timeoutMs?: number } = {}) {
    return execa('docker', args, {
      reject: false,
      timeout: options.timeoutMs ?? clientMs,
      env: this.environment(),
      ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    }) as unknown as Promise<Result & { stdout: string; stderr: string }>
  }

  environment(): Record<string, string> {
    return { DOCKER_HOST: `unix://${this.socket}`, DOCKER_CONFIG: join(this.dataRoot, 'client') }
  }

  /** Loads an image of static busybox under this name. */
  async loadBusybox(reference = 'busybox:latest'): Promise<void> {
    const { archive } = await makeBusyboxImage({ reference })
    const { status, body } = await this.request('POST', '/images/load?quiet=1', archive)
    if (status !== 200) throw new Error(`load answered ${status}: ${body}`)
  }

  /** One request to the API, past any client. */
  async request(method: string, path: string, body?: Uint8Array | string): Promise<{ status: number; body: string }> {
    return await new Promise((resolve, reject) => {
      const type = typeof body === 'string' ? 'application/json' : 'application/x-tar'
      const call = request(
        { socketPath: this.socket, method, path, headers: body === undefined ? {} : { 'content-type': type } },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
          )
          response.on('error', reject)
        },
      )
      call.on('error', reject)
      call.end(body)
    })
  }

  async log(): Promise<string> {
    return await readFile(this.logFile, 'utf8')
  }

  async #takeDown(): Promise<void> {
    const assembly = this.#assembly === undefined ? [] : ['--assembly', this.#assembly]
    const down = await execa(moby, ['down', ...assembly, '--data-root', this.dataRoot], { cwd: root, reject: false })
    // Without its data root nobody could take away what is left any more.
    if (down.exitCode !== 0) throw new Error(`${this.dataRoot} stays, since moby down failed:\n${down.stderr}`)
  }

  /** Its exit code, if it ends by itself. */
  async #end(signal: NodeJS.Signals): Promise<number | undefined> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? undefined
    const ended = new Promise<number | undefined>((resolve) => child.once('exit', (code) => resolve(code ?? undefined)))
    child.kill(signal)
    return await ended
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + readyMs
    while (Date.now() < deadline) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`The engine ended before it was ready:\n${await this.log()}`)
      }
      const answer = await this.request('GET', '/_ping').catch(() => undefined)
      if (answer?.status === 200) return
      await sleep(25)
    }
    throw new Error(`The engine did not answer in ${readyMs / 1000} s:\n${await this.log()}`)
  }
}
