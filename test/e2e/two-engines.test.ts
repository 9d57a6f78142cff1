import { execa } from 'execa'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mustSkip } from '../skips.ts'
import { EngineProcess } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'

const root = join(import.meta.dirname, '../..')

describe.skipIf(mustSkip('docker-cli'))('two engines on one host', () => {
  it('run side by side and clean up apart', async () => {
    const first = await EngineProcess.start()
    const second = await EngineProcess.start()
    for (const engine of [first, second]) {
      await engine.loadBusybox()
      const run = await engine.docker([
        'run',
        '-d',
        '--stop-timeout',
        '1',
        '--name',
        'same',
        'busybox',
        'sleep',
        '1000',
      ])
      expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    }
    expect(await first.destroy()).toEqual(nothingLeft)
    expect((await second.docker(['exec', 'same', 'echo', 'alive'])).stdout).toBe('alive')
    expect(await second.destroy()).toEqual(nothingLeft)
  })

  it('do not share a data root: the second is told who has it', async () => {
    const engine = await EngineProcess.start()
    const second = await execa(join(root, 'node_modules/.bin/moby'), ['up', '--data-root', engine.dataRoot], {
      cwd: root,
      reject: false,
    })
    expect(second.exitCode).not.toBe(0)
    expect(second.stderr).toContain(`locked by pid ${engine.pid}`)
    expect(await engine.destroy()).toEqual(nothingLeft)
  })
})
