import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { Table } from '../bench/table.ts'
import { ComponentVersions } from '../e2e/component-versions.ts'
import { EngineProcess } from '../e2e/engine-process.ts'
import { nothingLeft } from '../e2e/footprint.ts'

/**
 * Replaces the drivers of volumes and logs, out of process, again and again under a load of requests to both: no request may
 * fail, no line of a log may be missing or come twice, for who reads it afterwards and for who follows it all the time.
 * Prints the longest pause. Usage: replace-under-load.ts [REPLACEMENTS]
 */
const replacements = Number(process.argv[2] ?? 10)
const perSecond = 50

const root = join(import.meta.dirname, '../..')
const moby = join(root, 'node_modules/.bin/moby')
const agent = new Agent({ keepAlive: true })

interface Answer {
  readonly status: number
  readonly body: Buffer
  readonly took: number
}

async function ask(socketPath: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const began = performance.now()
  return await new Promise((resolve, reject) => {
    const headers = { host: 'docker', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
    const call = request({ agent, socketPath, method, path, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject)
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks), took: performance.now() - began }),
      )
    })
    call.on('error', reject)
    call.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** The lines in the frames of Docker's stream of output. */
function linesOf(body: Buffer): string[] {
  const pieces: Buffer[] = []
  for (let at = 0; at + 8 <= body.length;) {
    const length = body.readUInt32BE(at + 4)
    pieces.push(body.subarray(at + 8, at + 8 + length))
    at += 8 + length
  }
  return Buffer.concat(pieces).toString('utf8').trimEnd().split('\n')
}

function checkLines(lines: readonly string[], what: string): void {
  const wrong = lines.findIndex((line, at) => line !== String(at + 1))
  if (wrong === -1) return
  throw new Error(
    `${what}: line ${wrong + 1} is ${JSON.stringify(lines[wrong])} after ${JSON.stringify(lines[wrong - 1])}`,
  )
}

const folder = await mkdtemp(join(tmpdir(), 'moby-load-'))
const file = join(folder, 'moby.yaml')
const versions = new ComponentVersions(folder)
for (const version of ['0.1.0', '0.1.1']) {
  for (const plugin of ['volume-local', 'log-json-file']) await versions.add(plugin, version)
}
const origin = await readFile(join(root, 'plugins/origin/moby.yaml'), 'utf8')

async function write(version: string): Promise<void> {
  const text = ['volume-local', 'log-json-file'].reduce(
    (before, name) =>
      before.replace(
        `use: moby/${name}\n    version: ^0.1.0`,
        `use: moby/${name}\n    version: ${version}\n    from: folder:versions\n    mode: process`,
      ),
    origin,
  )
  await writeFile(file, text)
  await execa(moby, ['lock', '--assembly', file], { cwd: root })
}

await write('0.1.0')
const engine = await EngineProcess.start({ assembly: file })
let failure: unknown
try {
  await engine.loadBusybox()
  const { socket } = engine
  const count = 'i=0; while true; do i=$((i+1)); echo $i; sleep 0.05; done'
  const started = await engine.docker([
    'run',
    '-d',
    '--name',
    'web',
    '--network',
    'none',
    '-v',
    'kept:/v',
    'busybox',
    'sh',
    '-c',
    count,
  ])
  if (started.exitCode !== 0) throw new Error(started.stderr)
  const following = engine.dockerProcess(['logs', '-f', 'web'], { timeoutMs: 600_000 })
  const [failed, times] = [[] as string[], [] as { readonly what: string; readonly took: number }[]]
  const load = new AbortController()
  const asked: Promise<void>[] = []
  const kinds: readonly ((at: number) => Promise<void>)[] = [
    async () => await expect('GET', '/volumes/kept', 200),
    async (at) => {
      await expect('POST', '/volumes/create', 201, { Name: `v${at}` })
      await expect('DELETE', `/volumes/v${at}`, 204)
    },
    async () => await expect('GET', '/volumes', 200),
    async () => await expect('GET', '/containers/web/logs?stdout=1&tail=5', 200),
    // The whole log once a second: it grows, and is to be read, not to be the load.
    async (at) => await expect('GET', `/containers/web/logs?stdout=1${at % perSecond === 4 ? '' : '&tail=1'}`, 200),
  ]
  async function expect(method: string, path: string, status: number, body?: unknown): Promise<void> {
    const answer = await ask(socket, method, path, body).catch((error: unknown) => error as Error)
    if (answer instanceof Error) failed.push(`${method} ${path}: ${answer.message}`)
    else {
      times.push({ what: `${method} ${path}`, took: answer.took })
      if (answer.status !== status) failed.push(`${method} ${path}: ${answer.status} ${answer.body.toString('utf8')}`)
      if (path.endsWith('/logs?stdout=1')) checkLines(linesOf(answer.body), 'a log that was read meanwhile')
    }
  }
  const loading = (async () => {
    for (let at = 0; !load.signal.aborted; at += 1) {
      const kind = kinds[at % kinds.length]
      if (kind !== undefined) asked.push(kind(at).catch((error: unknown) => void failed.push(String(error))))
      await sleep(1_000 / perSecond)
    }
  })()
  const before = performance.now()
  for (let at = 1; at <= replacements; at += 1) {
    await write(at % 2 === 1 ? '0.1.1' : '0.1.0')
    const { stdout } = await execa(moby, ['apply', '--data-root', engine.dataRoot], { cwd: root })
    if (!stdout.includes(`Generation ${at + 1} runs`)) throw new Error(stdout)
  }
  load.abort()
  await loading
  await Promise.all(asked)
  const seconds = (performance.now() - before) / 1_000
  await engine.docker(['kill', 'web'])
  const followed = (await following).stdout.split('\n')
  checkLines(followed, 'the log that was followed')
  const { body } = await ask(socket, 'GET', '/containers/web/logs?stdout=1')
  checkLines(linesOf(body), 'the log afterwards')
  if (linesOf(body).length !== followed.length) {
    throw new Error(`${linesOf(body).length} lines in the log, ${followed.length} for who followed it`)
  }
  const longest = times.toSorted((a, b) => b.took - a.took)[0]
  new Table().note('longest pause of a request while its driver is replaced', 'ms', {
    moby: longest?.took ?? Number.NaN,
  })
  console.log(
    `${replacements} replacements of two drivers in ${seconds.toFixed(1)} s, ${times.length} requests, ${failed.length} failed; ` +
      `${followed.length} lines, none missing, none twice; the longest pause: ${Math.round(longest?.took ?? 0)} ms (${longest?.what})`,
  )
  if (failed.length > 0) throw new Error(failed.slice(0, 20).join('\n'))
} catch (error) {
  failure = error
  console.error(await engine.log())
} finally {
  agent.destroy()
  const left = await engine.destroy()
  await rm(folder, { recursive: true, force: true })
  if (failure === undefined && JSON.stringify(left) !== JSON.stringify(nothingLeft))
    failure = new Error(JSON.stringify(left))
}
if (failure !== undefined) {
  console.error(failure)
  process.exitCode = 1
}
