import process from 'node:process'
import { EngineProcess } from '../e2e/engine-process.ts'
import { nothingLeft } from '../e2e/footprint.ts'
import { proveCycles } from './prove-cycles.ts'

// node test/cycles/main.ts [COUNT]: so many containers made, started and removed, eight at a time, leave nothing.
const count = Number(process.argv[2] ?? 1000)
/** MiB that the engine may grow by: what a heap of this size varies by, and no kilobytes for each container. */
const mostGrowth = 48
const engine = await EngineProcess.start()
try {
  await engine.loadBusybox()
  const { seconds, growth } = await proveCycles(engine, count, Math.ceil(count / 5))
  console.log(`${count} cycles in ${seconds.toFixed(0)} s; memory ${growth > 0 ? '+' : ''}${growth.toFixed(1)} MiB`)
  if (growth > mostGrowth) throw new Error(`The engine has grown by ${growth.toFixed(1)} MiB`)
} finally {
  const left = await engine.destroy()
  if (JSON.stringify(left) !== JSON.stringify(nothingLeft)) {
    console.error(`left on the host: ${JSON.stringify(left)}`)
    process.exitCode = 1
  }
}
