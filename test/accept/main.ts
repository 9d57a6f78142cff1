import process from 'node:process'
import { execa } from 'execa'
import { issue2 } from './issue-2.ts'
import { issue3 } from './issue-3.ts'
import { issue4 } from './issue-4.ts'
import { issue5 } from './issue-5.ts'

/** One line of an issue's "It must show", and what shows it. */
export interface Check {
  readonly title: string
  /** Throws, or answers with a sentence about what was seen. */
  readonly run: () => Promise<string>
}

const issues: Readonly<Record<string, readonly Check[]>> = { '2': issue2, '3': issue3, '4': issue4, '5': issue5 }

const wanted = process.argv[2]
const checks = wanted === undefined ? undefined : issues[wanted]
if (checks === undefined) {
  console.error(`Usage: npm run accept -- N [WORD], with N one of ${Object.keys(issues).join(', ')}`)
  process.exit(2)
}

const word = process.argv[3]?.toLowerCase()
const chosen = checks.filter(({ title }) => word === undefined || title.toLowerCase().includes(word))
if (chosen.length === 0) {
  console.error(`No check of issue ${wanted} has "${word}" in its title. There are:`)
  for (const { title } of checks) console.error(`  ${title}`)
  process.exit(2)
}
let failed = 0
let passed = 0
for (const { title, run } of chosen) {
  console.log(`\n== ${title}`)
  try {
    console.log(`ok: ${await run()}`)
    passed += 1
  } catch (error) {
    failed += 1
    console.log(`FAILED: ${error instanceof Error ? error.message : String(error)}`)
  }
}
const { stdout: commit } = await execa('git', ['rev-parse', '--short', 'HEAD'], { reject: false })
console.log(`\nissue ${wanted} at ${commit}`)
console.log(`${passed} passed, ${failed} failed, 0 skipped`)
process.exitCode = failed === 0 ? 0 : 1
