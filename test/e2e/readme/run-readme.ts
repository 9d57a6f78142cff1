import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

const root = join(import.meta.dirname, '../../..')

/** A command of a README and what it must print: lines in order, `...` for anything. */
export interface ReadmeStep {
  readonly command: string
  readonly expected: readonly string[]
}

export interface ReadmeOutcome extends ReadmeStep {
  readonly status: number
  readonly output: string
}

/** The commands in the `console` blocks of a page. */
export function stepsOf(page: string): ReadmeStep[] {
  return [...page.matchAll(/```console\n([^]*?)```/g)].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [command = '', ...expected] = text.trimEnd().split('\n')
        return { command, expected }
      }),
  )
}

/** A copy of one example in a folder like that of the project, with a home of its own; removed at the end. */
export async function withExample<T>(name: string, run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ex-'))
  try {
    await mkdir(join(folder, 'examples'))
    await mkdir(join(folder, 'home'))
    for (const each of ['contracts', 'node_modules', 'plugins']) await symlink(join(root, each), join(folder, each))
    await cp(join(root, 'examples', name), join(folder, 'examples', name), {
      recursive: true,
      // What somebody built there by hand would hide what the README forgets.
      filter: (source) => !/\/(?:moby_sdk|log-driver|image|sdk|versions|moby\.lock)$/.test(source),
    })
    return await run(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs the commands of a README one after the other, as one shell each would. */
export async function runReadme(name: string, folder: string): Promise<ReadmeOutcome[]> {
  const page = await readFile(join(root, 'examples', name, 'README.md'), 'utf8')
  const outcomes: ReadmeOutcome[] = []
  for (const step of stepsOf(page)) outcomes.push({ ...step, ...(await runStep(step.command, folder)) })
  return outcomes
}

async function runStep(command: string, folder: string): Promise<{ status: number; output: string }> {
  const child = spawn('sh', ['-c', command], {
    cwd: folder,
    env: {
      ...process.env,
      HOME: join(folder, 'home'),
      GOCACHE: process.env['GOCACHE'] ?? join(tmpdir(), 'moby-go-cache'),
      PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  // A command that leaves an engine in the background has ended when the shell has.
  const [status] = (await once(child, 'exit')) as [number | null]
  await Promise.race([once(child, 'close'), new Promise((resolve) => setTimeout(resolve, 200))])
  // Where this process had no turn for so long, what was printed has not been read yet.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  return { status: status ?? -1, output }
}

/** What of the expected lines is not in the output, in order; undefined when all is. */
export function missingLine({ output, expected }: ReadmeOutcome): string | undefined {
  let rest = output.split(/\r?\n/)
  for (const line of expected) {
    if (line === '...') continue
    const pattern = new RegExp(`^${line.split('...').map(escapeText).join('.*')}$`)
    const at = rest.findIndex((each) => pattern.test(each))
    if (at === -1) return line
    rest = rest.slice(at + 1)
  }
  return undefined
}

function escapeText(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
