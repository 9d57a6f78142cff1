import { codedError } from '@moby/contracts'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { ContainerContext } from './container-context.ts'
import { tell } from './container-events.ts'
import { isRunning } from './container-record.ts'

const run = promisify(execFile)

/** Processes of a container as `ps` on the host tells them; `-ef` unless told otherwise. */
export async function topContainer(
  context: ContainerContext,
  request: { ref: string; psArguments?: string | undefined },
): Promise<{ titles: string[]; processes: string[][] }> {
  const record = context.store.find(request.ref)
  if (record.status === 'restarting') {
    throw codedError('CONTAINER_STATE', `container ${record.id} is restarting, wait until the container is running`)
  }
  if (!isRunning(record)) throw codedError('CONTAINER_NOT_RUNNING', `container ${record.id} is not running`)
  const words = (request.psArguments || '-ef').split(/\s+/).filter((word) => word !== '')
  checkArguments(words)
  const { pids } = await context.runtimes.get(record.drivers.runtime).processes({ id: record.id })
  const table = parsePs(await ps(words), new Set(pids.map(String)))
  tell(context, record, 'top')
  return table
}

/** An output format without PID could not be restricted to the container. */
function checkArguments(words: readonly string[]): void {
  for (const word of words) {
    if (/[^\w%+:,=.\-/]/.test(word)) throw codedError('CONTAINER_SPEC_INVALID', `invalid ps argument: ${word}`)
    if (/pid=\S/.test(word))
      throw codedError('CONTAINER_SPEC_INVALID', 'specifying "PID" with a different header is not allowed')
  }
}

async function ps(words: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run('ps', [...words], {
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, LC_ALL: 'C' },
    })
    return stdout
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw codedError('HOST_LACKS', 'the host lacks the program ps', { hint: 'Install the package procps.', cause })
    }
    const { stderr } = cause as { stderr?: string }
    throw codedError('CONTAINER_SPEC_INVALID', `ps: ${(stderr ?? String(cause)).trim()}`, { cause })
  }
}

/** Keeps header and the lines of given processes; everything from the last column on is one field. */
export function parsePs(output: string, pids: ReadonlySet<string>): { titles: string[]; processes: string[][] } {
  const [header = '', ...lines] = output.split('\n')
  const titles = header.trim().split(/\s+/)
  const column = titles.indexOf('PID')
  if (column < 0) throw codedError('CONTAINER_SPEC_INVALID', "Couldn't find PID field in ps output")
  const processes: string[][] = []
  for (const line of lines) {
    const fields = line.trim().split(/\s+/)
    if (!pids.has(fields[column] ?? '')) continue
    processes.push([...fields.slice(0, titles.length - 1), fields.slice(titles.length - 1).join(' ')])
  }
  return { titles, processes }
}
