import { join } from 'node:path'
import { execa } from 'execa'

const root = join(import.meta.dirname, '../..')

/** Runs test files of a vitest project, or of those only tests whose names match; fails when one of them does. */
export async function runTests(
  project: string,
  files: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  names?: string,
): Promise<string> {
  const started = performance.now()
  const only = names === undefined ? [] : ['--testNamePattern', names]
  const { exitCode } = await execa(
    join(root, 'node_modules/.bin/node'),
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', project, ...only, ...files],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], reject: false, env: environment },
  )
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (exitCode !== 0) throw new Error(`${project} ${files.join(' ')} failed after ${seconds} s`)
  return `${project} ${files.join(' ')} passed in ${seconds} s`
}
