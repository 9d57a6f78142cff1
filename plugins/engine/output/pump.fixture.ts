import { Clock } from '../clock/clock.ts'
import { ContainerOutput } from './container-output.ts'
import { fileLog } from './file-log.fixture.ts'
import { someInfo } from './memory-log.fixture.ts'

/** An engine that does nothing but carry the output in folder argv[2] to the log argv[3], until it is killed. */
const ignore = () => undefined
await ContainerOutput.open({
  folder: String(process.argv[2]),
  terminal: false,
  openStdin: false,
  stdinOnce: false,
  clock: new Clock(),
  logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  log: { driver: fileLog(String(process.argv[3])), logId: 'log', info: someInfo },
})
process.stdout.write('ready\n')
setInterval(ignore, 1000)
