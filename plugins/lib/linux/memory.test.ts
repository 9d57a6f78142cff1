import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

/**
 * In a process of its own: what else a worker of the tests does would be counted, too. The last buffer stays, so that
 * the C library gives nothing of those below it back by itself.
 */
const program = `
  import { returnFreedMemory } from ${JSON.stringify(new URL('memory.ts', import.meta.url).href)}
  const mebibytes = () => process.memoryUsage.rss() / 2 ** 20
  let buffers = Array.from({ length: 1600 }, () => new Uint8Array(64 << 10).fill(1))
  const last = buffers.at(-1)
  buffers = undefined
  gc()
  while (process.memoryUsage().arrayBuffers > 10 << 20) await new Promise((resolve) => setTimeout(resolve, 10))
  const before = mebibytes()
  await returnFreedMemory()
  console.log(JSON.stringify({ returned: before - mebibytes(), last: last[0] }))
`

test('memory that was freed goes back to the system', () => {
  const out = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '--eval', program], {
    encoding: 'utf8',
  })
  const { returned } = JSON.parse(out) as { returned: number }
  expect(returned).toBeGreaterThan(50)
})
