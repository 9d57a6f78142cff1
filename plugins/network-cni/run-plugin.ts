import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { codedError } from '@moby/contracts'

/** A plugin that does not end is ended. */
const timeout = 60_000

export interface PluginCall {
  readonly command: 'ADD' | 'DEL' | 'CHECK' | 'STATUS' | 'VERSION'
  /** Folders in which plugins are looked for. */
  readonly programs: readonly string[]
  /** Name of the program. */
  readonly type: string
  /** CNI_* beside the command and the path. */
  readonly environment: Readonly<Record<string, string>>
  /** Its standard input. */
  readonly config: unknown
}

/** What a plugin says of its failure, by the specification. */
interface PluginFailure {
  readonly code?: number
  readonly msg?: string
  readonly details?: string
}

/** Path of a plugin. Fails with HOST_LACKS. */
export function findPlugin(programs: readonly string[], type: string): string {
  const found = programs.map((folder) => join(folder, type)).find(isExecutable)
  if (found !== undefined) return found
  throw codedError('HOST_LACKS', `There is no CNI plugin ${type} in ${programs.join(', ')}`, {
    hint: 'Install it, or name its folder in `programs` of the component network-cni.',
  })
}

/** Runs a plugin to its end and answers what it told. Fails with HOST_LACKS or NETWORK_PLUGIN_FAILED. */
export async function runPlugin(call: PluginCall): Promise<unknown> {
  const program = findPlugin(call.programs, call.type)
  const child = spawn(program, [], {
    cwd: '/',
    env: {
      PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin',
      ...call.environment,
      CNI_COMMAND: call.command,
      CNI_PATH: call.programs.join(':'),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout,
    killSignal: 'SIGKILL',
  })
  // One that reads nothing of it closes the pipe.
  child.stdin.on('error', () => undefined)
  child.stdin.end(JSON.stringify(call.config))
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? signal ?? 1))
  })
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  const answer = parse(stdout)
  if (code === 0) return answer
  const failure = (answer ?? {}) as PluginFailure
  const words = [failure.msg, failure.details].filter((each) => each !== undefined && each !== '').join(': ')
  throw codedError(
    'NETWORK_PLUGIN_FAILED',
    `The CNI plugin ${call.type} did not ${call.command}: ${words || stderr.trim() || `it ended with ${code}`}`,
    { details: { plugin: call.type, command: call.command, code: failure.code ?? null } },
  )
}

function parse(stdout: string): unknown {
  try {
    return JSON.parse(stdout)
  } catch {
    return undefined
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
