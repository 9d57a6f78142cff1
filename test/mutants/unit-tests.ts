import { once } from 'node:events'
import { foldersOf } from './driver-folders.ts'
import { spawnConfined } from './kit-process.ts'

/** Milliseconds for the tests of one driver; more is a mutant that does not end. */
const deadlineMs = 120_000

/** Whether the unit tests of a driver, and of its library, pass, with a mutant where one is named. */
export async function passUnitTests(plugin: string, mutant?: string): Promise<boolean> {
  const folders = foldersOf(plugin).map((folder) => `plugins/${folder}/`)
  const program = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--bail', '1', ...folders]
  const child = spawnConfined(program, mutant === undefined ? {} : { __STRYKER_ACTIVE_MUTANT__: mutant })
  const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
  const [code] = (await once(child, 'exit')) as [number | null]
  clearTimeout(timer)
  return code === 0
}
