import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { instanceId, nothingLeft, readFootprint } from '../e2e/footprint.ts'

const root = join(import.meta.dirname, '../..')

/** Runs `npm start` as a user does, twice: stopped by Ctrl-C, and with --stop-containers. */
export async function showFirstStart(): Promise<string> {
  const dataRoot = await mkdtemp(join(tmpdir(), 'moby-start-'))
  const id = await instanceId(dataRoot)
  const first = await startAndStop(['--data-root', dataRoot])
  if (!first.includes('Hello from a container')) throw new Error('the first container did not print')
  if (!first.includes('DOCKER_HOST')) throw new Error('it did not tell how to point docker at it')
  await startAndStop(['--data-root', dataRoot, '--stop-containers'])
  const left = await readFootprint(dataRoot, id)
  if (JSON.stringify(left) !== JSON.stringify(nothingLeft)) throw new Error(`left behind: ${JSON.stringify(left)}`)
  await rm(dataRoot, { recursive: true, force: true })
  return 'it ran a first container, stopped at Ctrl-C, and left nothing behind'
}

/** `npm start` until it has said all, then what Ctrl-C sends to the whole group. */
async function startAndStop(args: readonly string[]): Promise<string> {
  const child = spawn('npm', ['start', '--', ...args], { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  await new Promise<void>((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error(`npm start said too little in 5 minutes:\n${output}`)), 300_000)
    const hear = (chunk: Buffer) => {
      output += chunk.toString()
      process.stdout.write(chunk)
      if (!output.includes('Ctrl-C stops the engine')) return
      clearTimeout(deadline)
      resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    void ended.then((code) => reject(new Error(`npm start ended with ${code}:\n${output}`)))
  })
  process.kill(-(child.pid ?? 0), 'SIGINT')
  await ended
  return output
}
