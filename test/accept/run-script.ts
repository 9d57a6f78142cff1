import { join } from 'node:path'
import { execa } from 'execa'

const root = join(import.meta.dirname, '../..')

/** Runs a script of the tests; fails when it does. */
export async function runScript(file: string, args: readonly string[] = []): Promise<string> {
  const started = performance.now()
  const { exitCode } = await execa(join(root, 'node_modules/.bin/node'), [file, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    reject: false,
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (exitCode !== 0) throw new Error(`${file} ${args.join(' ')} failed after ${seconds} s`)
  return `${file} ${args.join(' ')} passed in ${seconds} s`
}
