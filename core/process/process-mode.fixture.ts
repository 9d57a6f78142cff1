import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from '@moby/contracts'
import { onTestFinished } from 'vitest'
import { bootAssembly, type BootOptions, type RunningAssembly } from '../kernel/boot-assembly.ts'
import type { EngineLog } from '../kernel/log.ts'
import { lockPath, writeLock } from '../lock/lock-file.ts'
import { makeLock } from '../lock/make-lock.ts'
import { loadManifest } from '../manifest/load-manifest.ts'
import { resolveAssembly } from '../resolve/resolve-assembly.ts'
import { supervisionLimits } from '../supervise/policy.ts'
import { partsSource } from '../testing/parts-source.ts'

/** Short enough for tests; the proportions are the real ones. */
export const quick = {
  ...supervisionLimits,
  healthEveryMs: 150,
  firstDelayMs: 20,
  longestDelayMs: 100,
  healthyMs: 60_000,
  openMs: 60_000,
}

export interface LogLine {
  readonly component: string
  readonly level: keyof Logger
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** A folder with components made by a test, and assemblies of them. Everything is stopped and removed at its end. */
export class Workshop {
  readonly folder: string
  readonly lines: LogLine[] = []
  readonly #running: RunningAssembly[] = []

  private constructor(folder: string) {
    this.folder = folder
  }

  static async open(): Promise<Workshop> {
    const workshop = new Workshop(await mkdtemp(join(tmpdir(), 'pm-')))
    onTestFinished(async () => {
      for (const running of workshop.#running) await running.stop('leave-containers')
      await rm(workshop.folder, { recursive: true, force: true })
    })
    return workshop
  }

  /** A component with an entry that uses nothing but the marks. */
  async component(name: string, descriptor: string, body: string): Promise<void> {
    const text = `export default { [Symbol.for('moby.component')]: true, ${body} }`
    await this.part(name, `modes: [module, process]\nentry: ./index.js\n${descriptor}`, text)
  }

  /** A component whose program speaks the protocol by itself. `at` and `context` are there for it to use. */
  async program(name: string, descriptor: string, text: string): Promise<void> {
    const command = `modes: [process]\ncommand: [${JSON.stringify(process.execPath)}, ./index.js]\n`
    const head = `import { createServer } from 'node:http'
      import { appendFileSync, readFileSync } from 'node:fs'
      import { spawn } from 'node:child_process'
      const context = JSON.parse(readFileSync(process.env.MOBY_CONTEXT, 'utf8'))
      const note = (words) => appendFileSync(${JSON.stringify(this.path('notes'))}, words + '\\n')
      const endWithEngine = () => process.stdin.on('end', () => process.exit(0)).resume()
      const answer = (response, value, status = 200) => response.writeHead(status).end(JSON.stringify(value))
      const handshake = (contracts) => ({ Implements: [], component: context.component.name, version: context.component.version, contracts })
      const volume = { contract: 'storage.volume', version: '0.1.0' }
    `
    await this.part(name, command + descriptor, head + text)
  }

  /** Another version of a component beside the first. */
  async version(name: string, version: string, descriptor: string, body: string): Promise<void> {
    const text = `export default { [Symbol.for('moby.component')]: true, ${body} }`
    await this.part(name, `modes: [module, process]\nentry: ./index.js\n${descriptor}`, text, version)
  }

  async part(name: string, descriptor: string, index: string, version = '1.0.0'): Promise<void> {
    const folder = join(this.folder, 'parts', version === '1.0.0' ? name : `${name}-${version}`)
    await mkdir(folder, { recursive: true })
    await writeFile(
      join(folder, 'component.yaml'),
      `name: t/${name}\nversion: ${version}\ndescription: A fixture\n${descriptor}\n`,
    )
    await writeFile(join(folder, 'package.json'), '{"type":"module"}')
    await writeFile(join(folder, 'index.js'), index)
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  async notes(): Promise<string[]> {
    const text = await readFile(this.path('notes'), 'utf8').catch(() => '')
    return text.split('\n').filter((line) => line !== '')
  }

  /** Locks an assembly: `name` in process mode, `name:module`, `name?` for an optional one. */
  async lock(...entries: readonly string[]): Promise<string> {
    const file = this.path('moby.yaml')
    const lines = entries.map((entry) => {
      const [, name = '', optional, mode = 'process'] = /^([a-z-]+)(\?)?(?::(\w+))?$/.exec(entry) ?? []
      const policy = optional === undefined ? '' : ', required: false'
      return `  ${name}: { use: t/${name}, from: "parts:", mode: ${mode}${policy} }\n`
    })
    await writeFile(file, `assembly: test\nversion: 1.2.3\ncomponents:\n${lines.join('')}`)
    const sources = [partsSource(this.path('parts'))]
    await writeLock(lockPath(file), await makeLock(await resolveAssembly(await loadManifest(file), sources)))
    return file
  }

  async boot(entries: readonly string[], more: Partial<BootOptions> = {}): Promise<RunningAssembly> {
    await this.lock(...entries)
    return await this.start(more)
  }

  /** An assembly that was locked already. */
  async start(more: Partial<BootOptions> = {}): Promise<RunningAssembly> {
    const running = await bootAssembly({ ...this.#options(), ...more })
    this.#running.push(running)
    return running
  }

  async options(entries: readonly string[]): Promise<BootOptions> {
    await this.lock(...entries)
    return this.#options()
  }

  #options(): BootOptions {
    return {
      manifestPath: this.path('moby.yaml'),
      dataRoot: this.path('data'),
      runRoot: this.path('data/run'),
      sources: [partsSource(this.path('parts'))],
      log: this.#log(),
      supervision: quick,
    }
  }

  #log(): EngineLog {
    const of = (component: string): Logger => {
      const write =
        (level: keyof Logger) =>
        (message: string, fields: Record<string, unknown> = {}): void =>
          void this.lines.push({ component, level, message, fields })
      return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
    }
    return { kernel: of('kernel'), of, flush: () => undefined }
  }
}

/** A descriptor that provides storage.volume. */
export const volumes = (driver: string): string =>
  `provides: [{ contract: storage.volume, version: 0.1.0, driver: ${driver} }]`

/** True while a process is there and is no zombie. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return stat !== undefined && !/\) [ZX] /.test(stat)
}
