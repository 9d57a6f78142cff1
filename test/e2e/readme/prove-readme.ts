import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { expect, it } from 'vitest'
import { missingLine, runReadme, withExample } from './run-readme.ts'

/** The commands of the README of an example do what it says. */
export function proveReadme(example: string): void {
  it(`does what its README says`, { timeout: 240_000 }, async () => {
    await withExample(example, async (folder) => {
      try {
        const outcomes = await runReadme(example, folder)
        expect(outcomes.length).toBeGreaterThan(2)
        for (const outcome of outcomes) {
          const { command, status, output } = outcome
          expect({ command, status, output, missing: missingLine(outcome) }).toEqual({
            command,
            status: 0,
            output,
            missing: undefined,
          })
        }
      } finally {
        await endEngine(folder)
      }
    })
  })
}

/** A README ends its engine itself; one that failed on the way must not leave it. */
async function endEngine(folder: string): Promise<void> {
  const pid = Number(await readFile(join(folder, 'home/pid'), 'utf8').catch(() => ''))
  if (!Number.isInteger(pid) || pid < 2) return
  for (let left = 200; left > 0 && isAlive(pid); left--) {
    if (left === 150) process.kill(pid, 'SIGTERM')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  if (isAlive(pid)) process.kill(pid, 'SIGKILL')
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
