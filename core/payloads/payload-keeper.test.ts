import { hash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filesText, partsText, type LockEntry, type PayloadPart } from '@moby/contracts'
import { expect, it, onTestFinished } from 'vitest'
import { KeptPayloads } from './kept-payloads.ts'
import { PayloadKeeper, type EntryPayload } from './payload-keeper.ts'

async function workbench() {
  const folder = await mkdtemp(join(tmpdir(), 'pk-'))
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }))
  const kept = new KeptPayloads(join(folder, 'data'))
  const told: string[] = []
  const warn = (_message: string, fields: Readonly<Record<string, unknown>> = {}) =>
    void told.push(String(fields['entry']))
  const log = { debug: warn, info: warn, warn, error: warn }
  const keeper = new PayloadKeeper({ kept, log, laterMs: 3_600_000 })
  const part = async (name: string, file: string, bytes = 10): Promise<PayloadPart> => {
    const content = Buffer.alloc(bytes, file)
    await writeFile(join(folder, file), content)
    const files = [{ path: file, isExecutable: false, size: bytes, digest: hash('sha256', content, 'hex') }]
    return { name, folder, files, digest: hash('sha256', filesText(files), 'hex') }
  }
  return { folder, kept, keeper, told, part }
}

function entry(name: string, ...parts: readonly PayloadPart[]): EntryPayload {
  const [own] = parts
  const digest = `sha256:${own?.name === '' ? own.digest : hash('sha256', partsText(parts), 'hex')}`
  const locked = { use: `t/${name}`, version: '1.0.0', digest } as LockEntry
  return { name, locked, payload: { folder: own?.folder ?? '', digest, descriptorDigest: '', parts } }
}

it('what stands alone and is small is kept at once, the rest later, and at the latest when it is asked for', async () => {
  const { kept, keeper, part } = await workbench()
  const small = entry('small', await part('', 'small'))
  const large = entry('large', await part('', 'large', (4 << 20) + 1))
  const shared = entry('shared', await part('@t/shared', 'shared'), await part('@t/lib', 'lib'))
  const has = () => [small, large, shared].map(({ payload }) => kept.has(payload.digest))
  let after = 0
  await keeper.begin([shared, large, small], async () => void (after += 1))
  expect(has()).toEqual([true, false, false])
  expect(after).toBe(0)
  await keeper.settle()
  expect(has()).toEqual([true, true, true])
  await keeper.settle()
  expect(after).toBe(1)
})

it('what has changed meanwhile is told, and keeps nothing else from being kept', async () => {
  const { folder, kept, keeper, told, part } = await workbench()
  const first = entry('first', await part('@t/first', 'first'))
  const second = entry('second', await part('@t/second', 'second'))
  await keeper.begin([first, second], async () => undefined)
  await writeFile(join(folder, 'first'), 'edited')
  await keeper.settle()
  expect(told).toEqual(['first'])
  expect([first, second].map(({ payload }) => kept.has(payload.digest))).toEqual([false, true])
  await expect(keeper.keep([first])).rejects.toMatchObject({ code: 'PAYLOAD_CHANGED' })
})

it('an engine that stops waits for one component at most', async () => {
  const { kept, keeper, part } = await workbench()
  const entries = await Promise.all(
    ['a', 'b', 'c'].map(async (name) => entry(name, await part(`@t/${name}`, name, 100_000))),
  )
  await keeper.begin(entries, async () => undefined)
  const settled = keeper.settle()
  await keeper.close()
  await settled
  expect(entries.filter(({ payload }) => kept.has(payload.digest)).length).toBeLessThan(2)
})
