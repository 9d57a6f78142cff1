import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'

// npm run clients -- [CLIENT [WORD]]: the journey of that client, or of all; of its steps those with the word.
const clients = ['compose', 'testcontainers', 'dockerode']
const [named, ...words] = process.argv.slice(2)
if (named !== undefined && !clients.includes(named)) {
  console.error(`There is no journey of ${named}; there are ${clients.join(', ')}`)
  process.exit(2)
}
for (const client of named === undefined ? clients : [named]) {
  const main = join(import.meta.dirname, client, 'main.ts')
  const { exitCode } = await execa(process.execPath, [main, ...words], { stdio: 'inherit', reject: false })
  if (exitCode !== 0) process.exitCode = 1
}
