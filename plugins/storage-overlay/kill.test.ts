import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ComponentContext, Implementation, storageLayers } from '@moby/contracts'
import { mountsBelow } from '@moby/lib-linux'
import { expect, test } from 'vitest'
import component from './index.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }

test('killed at any moment, a layer is there whole or not at all', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kill-'))
  for (const name of ['data', 'run']) mkdirSync(join(folder, name))
  try {
    for (let run = 0; run < 6; run++) {
      const writer = spawn(process.execPath, [join(import.meta.dirname, 'kill-writer.fixture.ts'), folder])
      await sleep(500 + run * 71)
      writer.kill('SIGKILL')
      await once(writer, 'exit')
      const folders = { data: join(folder, 'data'), run: join(folder, 'run') }
      const { provides, stop } = await component.create({ folders, log } as unknown as ComponentContext)
      const layers = provides['storage.layers'] as Implementation<typeof storageLayers>
      const keys = new Set<string>()
      const committed: string[] = []
      for await (const { key, kind, parent } of layers.list({})) {
        keys.add(key)
        if (kind === 'committed') committed.push(key)
        if (parent !== undefined) committed.push(parent)
      }
      for (const key of committed) {
        expect(keys).toContain(key)
        expect(await layers.usage({ key })).toEqual({ size: '60000', inodes: '20' })
      }
      await stop?.('leave-containers')
      expect(readdirSync(join(folder, 'data/removed'))).toEqual([])
      expect(readdirSync(join(folder, 'data/damaged'))).toEqual([])
      expect(readdirSync(join(folder, 'data/s'))).toHaveLength(keys.size)
      expect(mountsBelow(folder)).toEqual([])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 60_000)
