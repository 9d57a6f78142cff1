import { afterAll, beforeAll, expect, it } from 'vitest'
import { proveCycles } from '../cycles/prove-cycles.ts'
import { EngineProcess } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'

let engine: EngineProcess
beforeAll(async () => {
  engine = await EngineProcess.start()
  await engine.loadBusybox()
})
afterAll(async () => expect(await engine.destroy()).toEqual(nothingLeft))

// `npm run accept -- 5` has a thousand.
it('twenty-four containers made, started and removed, eight at a time, leave nothing behind', async () => {
  await proveCycles(engine, 24, 16)
})
