import { writeSync } from 'node:fs'
import { SqliteStore } from './sqlite-store.ts'

/** Writes the same number under twenty keys, batch after batch, and prints what was acknowledged. */
const store = await SqliteStore.open({ file: String(process.argv[2]), retainedRevisions: 100 })
for (let count = 0; ; count += 1) {
  const changes = Array.from({ length: 20 }, (_, index) => ({ put: `batch/${index}`, value: count }))
  await store.api.commit({ changes, durability: count % 3 === 0 ? 'power-loss' : 'process' })
  writeSync(1, `${count}\n`)
}
