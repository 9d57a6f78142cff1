import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { DockerdPeer } from '../peers/dockerd.ts'
import { componentRows } from './component-rows.ts'
import { containerRows } from './container-rows.ts'
import { imageRows } from './image-rows.ts'
import { formatTable, Table } from './table.ts'

const groups: Readonly<Record<string, (table: Table) => Promise<void>>> = {
  containers: containerRows,
  images: imageRows,
  components: componentRows,
}

// npm run bench [-- GROUP...]: the rows of these groups, all unless named.
const named = process.argv.slice(2)
const unknown = named.filter((each) => !(each in groups))
if (unknown.length > 0) {
  console.error(`There is no group ${unknown.join(', ')}; there are ${Object.keys(groups).join(', ')}`)
  process.exit(2)
}
if (!DockerdPeer.present)
  console.log('dockerd is not here: run test/peers/make-dockerd FOLDER and set MOBY_PEER_DOCKERD to compare with it')

const table = new Table()
for (const [name, measure] of Object.entries(groups)) {
  if (named.length === 0 || named.includes(name)) await measure(table)
}
const { rows } = table
const { stdout: commit } = await execa('git', ['rev-parse', 'HEAD'], { reject: false })
const folder = join(import.meta.dirname, '../../.cache')
await mkdir(folder, { recursive: true })
const file = join(folder, 'bench.json')
await writeFile(
  file,
  `${JSON.stringify({ commit, date: new Date().toISOString(), cores: cpus().length, rows }, null, 2)}\n`,
)
console.log(`\n${formatTable(rows)}\n\nwritten to ${file}`)
process.exitCode = rows.some(({ failures = {} }) => Object.keys(failures).length > 0) ? 1 : 0
