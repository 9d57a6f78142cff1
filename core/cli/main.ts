import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'

// In the project's own folder: one in /tmp could be filled by another user.
enableCompileCache(join(import.meta.dirname, '../../.cache/compile'))

if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(`moby needs Node 24, this is ${process.versions.node}; run it as node_modules/.bin/moby\n`)
  process.exit(1)
}

const { run } = await import('./run.ts')
// What a component still holds open must not keep a stopped engine alive.
process.exit(await run(process.argv.slice(2)))
