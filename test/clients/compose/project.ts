import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'

export interface ComposeAnswer {
  readonly stdout: string
  readonly stderr: string
}

/** The application in `app/`, in a folder of its own, and Compose on an engine. */
export class ComposeProject {
  readonly folder: string
  readonly #environment: Readonly<Record<string, string>>

  private constructor(folder: string, environment: Readonly<Record<string, string>>) {
    this.folder = folder
    this.#environment = environment
  }

  static async make(folder: string, environment: Readonly<Record<string, string>>): Promise<ComposeProject> {
    await cp(join(import.meta.dirname, 'app'), folder, { recursive: true })
    return new ComposeProject(folder, environment)
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }

  start(...args: readonly string[]) {
    return execa('docker', ['compose', '--ansi', 'never', '--progress', 'plain', ...args], {
      cwd: this.folder,
      env: this.#environment,
      stdin: 'ignore',
      reject: false,
      timeout: 120_000,
    })
  }

  /** Runs Compose and insists on its exit code. */
  async run(args: readonly string[], exitCode = 0): Promise<ComposeAnswer> {
    const answer = await this.start(...args)
    if (answer.exitCode !== exitCode)
      throw new Error(`compose ${args.join(' ')}: exit ${answer.exitCode}\n${answer.stdout}\n${answer.stderr}`)
    return answer
  }

  /** Output of a command that must succeed, without what Compose tells of its progress. */
  async tell(...args: readonly string[]): Promise<string> {
    return (await this.run(args)).stdout
  }

  /** Ids of the containers of a service, sorted. */
  async ids(...services: readonly string[]): Promise<readonly string[]> {
    return (await this.tell('ps', '-aq', '--no-trunc', ...services)).split('\n').toSorted()
  }

  /** `Service State Health` of all containers, sorted. */
  async states(): Promise<readonly string[]> {
    const lines = (await this.tell('ps', '-a', '--format', '{{.Service}} {{.State}} {{.Health}}')).split('\n')
    return lines.map((line) => line.trim()).toSorted()
  }

  /** The same once they are as they should be; the last that was seen after a while. */
  async statesUntil(wanted: readonly string[]): Promise<readonly string[]> {
    for (const end = Date.now() + 60_000; ;) {
      const seen = await this.states()
      if (seen.join() === wanted.join() || Date.now() > end) return seen
      await sleep(200)
    }
  }

  async docker(...args: readonly string[]): Promise<string> {
    const { stdout } = await execa('docker', args, { env: this.#environment })
    return stdout
  }
}
