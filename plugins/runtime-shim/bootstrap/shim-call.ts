import { spawn } from 'node:child_process'

/** What every call of a shim's executable tells: which container, and who to report to. */
export interface ShimCall {
  /** Absolute path of the shim. */
  readonly binary: string
  readonly namespace: string
  readonly id: string
  /** The working folder of the call. */
  readonly bundle: string
  /** Path of the socket where events are taken. */
  readonly events: string
}

export interface ShimAnswer {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined
  readonly stdout: Buffer
}

/** A pipe that a daemon has inherited would never end. */
const pipeGraceMs = 500

/**
 * Runs `start` or `delete` of a shim in its own process group. Standard input is empty, never an open pipe,
 * on which shims wait; standard error goes to a file, because what is started may keep it.
 */
export async function runShim(
  call: ShimCall,
  action: 'start' | 'delete',
  io: { readonly input?: Uint8Array; readonly stderr: number },
): Promise<ShimAnswer> {
  const child = spawn(call.binary, argumentsOf(call, action), {
    cwd: call.bundle,
    detached: true,
    env: environmentOf(call),
    stdio: [io.input === undefined ? 'ignore' : 'pipe', 'pipe', io.stderr],
  })
  const { promise, resolve, reject } = Promise.withResolvers<ShimAnswer>()
  const chunks: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.once('error', reject)
  child.once('exit', (code) => {
    const finish = () => resolve({ exitCode: code ?? undefined, stdout: Buffer.concat(chunks) })
    const timer = setTimeout(finish, pipeGraceMs)
    child.once('close', () => {
      clearTimeout(timer)
      finish()
    })
  })
  // A shim of the older dialects ends without reading its input.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(io.input)
  try {
    return await promise
  } finally {
    child.stdout?.destroy()
  }
}

function argumentsOf({ namespace, id, bundle, events }: ShimCall, action: 'start' | 'delete'): string[] {
  const common = ['-namespace', namespace, '-address', events, '-publish-binary', '/bin/true', '-id', id]
  return action === 'delete' ? [...common, '-bundle', bundle, action] : [...common, action]
}

/** The whole environment: a shim lives for long and must not carry the engine's secrets. */
function environmentOf({ namespace, events }: ShimCall): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    TTRPC_ADDRESS: events,
    GRPC_ADDRESS: events,
    NAMESPACE: namespace,
    MAX_SHIM_VERSION: '3',
    GOMAXPROCS: '2',
  }
}
