import { spawn, type ChildProcess } from 'node:child_process'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { makeBusyboxImage } from './busybox-image.ts'
import { EngineClient } from './engine-client.ts'

const reference = 'busybox:latest'
const command = [
  'echo "Hello from a container of Moby Origin."',
  'echo "kernel $(uname -r), host name $(hostname), $(ls /proc | grep -c "^[0-9]") processes in sight"',
]

/** Runs the engine in the foreground with the arguments of `moby up`, and a first container once it answers. */
async function main(args: string[]): Promise<number> {
  const socket = socketOf(args)
  const moby = join(import.meta.dirname, '../../node_modules/.bin/moby')
  const engine = spawn(moby, ['up', ...args], { stdio: 'inherit' })
  const ended = new Promise<number>((done) =>
    engine.once('exit', (code, signal) => done(code ?? (signal === null ? 1 : 128))),
  )
  // A terminal sends Ctrl-C to the engine too; only what is sent to this process alone is handed on.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => engine.kill('SIGTERM'))
  try {
    const client = new EngineClient(socket)
    if (await answers(client, engine)) {
      await runFirstContainer(client)
      console.log(
        `\nPoint docker at it:\n  export DOCKER_HOST=unix://${socket}\n  docker run --rm -it busybox sh\n\nCtrl-C stops the engine.`,
      )
    }
  } catch (error) {
    console.error(`The first container did not run: ${error instanceof Error ? error.message : String(error)}`)
    engine.kill('SIGTERM')
    await ended
    return 1
  }
  return await ended
}

/** Where the engine will listen, by the same rules as `moby up`. */
function socketOf(args: string[]): string {
  const { values } = parseArgs({
    args,
    strict: false,
    options: { host: { type: 'string' }, 'data-root': { type: 'string' } },
  })
  if (typeof values.host === 'string') return values.host.replace(/^unix:\/\//, '')
  if (typeof values['data-root'] === 'string') return join(resolve(values['data-root']), 'run/docker.sock')
  return '/run/moby-origin/docker.sock'
}

/** Waits until the engine answers; false when it ended instead, which it has explained itself. */
async function answers(client: EngineClient, engine: ChildProcess): Promise<boolean> {
  for (;;) {
    if (engine.exitCode !== null || engine.signalCode !== null) return false
    if (await client.ping()) return true
    await sleep(50)
  }
}

async function runFirstContainer(client: EngineClient): Promise<void> {
  if (!(await client.hasImage(reference))) {
    const { archive } = await makeBusyboxImage({ reference })
    await client.loadImage(archive)
    console.log(`\nMade the image ${reference} from the static busybox of this host.`)
  }
  const { output, exitCode } = await client.run(reference, ['sh', '-c', command.join('\n')])
  console.log(`\nA first container printed:\n${output.replaceAll(/^/gm, '  | ').replace(/\n {2}\| $/, '')}`)
  if (exitCode !== 0) throw new Error(`it ended with exit code ${exitCode}`)
}

process.exitCode = await main(process.argv.slice(2))
