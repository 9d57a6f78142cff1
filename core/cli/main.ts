import process from 'node:process'
import { run } from './run.ts'

// What a component still holds open must not keep a stopped engine alive.
process.exit(await run(process.argv.slice(2)))
