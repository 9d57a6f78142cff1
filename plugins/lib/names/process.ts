import { statSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { isCodedError } from '@moby/contracts/errors'
import { controlSocket, LineReader, type ControlAnswer, type ControlRequest } from './control.ts'
import { Forwarder } from './forwarder.ts'
import { NameServer } from './name-server.ts'
import { PortRelays, relayEnding } from './port-relays.ts'
import { SandboxServer } from './sandbox-server.ts'
import { sandboxEnding } from './sandbox-state.ts'

/**
 * The process that answers names and carries ports, also while the engine is not running. It ends by itself with the
 * last network, some time after the last port, or when its folder is gone or belongs to another process. Arguments:
 * folder, version of the code.
 */
const [folder = '.', version = ''] = process.argv.slice(2)
const checkInterval = 5_000
/** Ports and sandboxes come and go with containers, and the next one need not wait for a process. */
const idleLimit = 60_000

// The path of a Unix socket may have 107 bytes; a relative one is always short enough.
process.chdir(folder)
const forwarder = new Forwarder()
const server = new NameServer('.', forwarder)
const sandboxes = new SandboxServer('.', (file) => server.zone(file), forwarder)
const relays = new PortRelays('.')
let busyAt = performance.now()

const isIdle = () => server.size === 0 && relays.size === 0 && sandboxes.size === 0

async function perform(line: string, socket: Socket): Promise<void> {
  const request = JSON.parse(line) as ControlRequest
  const before = server.size
  const answer = await answerTo(request)
  const isLastNetwork = request.method === 'unload' && server.size < before && isIdle()
  const last = request.method === 'exit' || isLastNetwork
  socket.write(`${JSON.stringify(answer)}\n`, () => {
    if (last) process.exit(0)
  })
}

function ownerOf(file: string) {
  if (file.endsWith(relayEnding)) return relays
  return file.endsWith(sandboxEnding) ? sandboxes : server
}

async function answerTo(request: ControlRequest): Promise<ControlAnswer> {
  const { id } = request
  try {
    if (request.method !== 'load' && request.method !== 'unload') return { id, version }
    busyAt = performance.now()
    const { file } = request
    if (request.method === 'unload') await ownerOf(file).unload(file)
    else if (file.endsWith(relayEnding)) await relays.load(file)
    else if (file.endsWith(sandboxEnding)) return { id, ports: await sandboxes.load(file) }
    else return { id, places: await server.load(file) }
    return { id, version }
  } catch (error) {
    const errno = numberOf(error)
    return {
      id,
      error: error instanceof Error ? error.message : String(error),
      ...(errno === undefined ? {} : { errno }),
    }
  }
}

/** Name of the number with which the system refused: of an error of Node's or of one of ours. */
function numberOf(error: unknown): string | undefined {
  if (isCodedError(error)) return String(error.details?.['errno'] ?? '') || undefined
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

const control = createServer((socket) => {
  const reader = new LineReader()
  socket.setEncoding('utf8')
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: string) => {
    for (const line of reader.push(chunk)) void perform(line, socket)
  })
})

control.on('error', (error) => {
  console.error(String(error))
  process.exit(1)
})

control.listen(controlSocket, async () => {
  const own = statSync(controlSocket).ino
  setInterval(() => {
    const found = statSync(controlSocket, { throwIfNoEntry: false })
    if (found?.ino !== own || (isIdle() && performance.now() - busyAt > idleLimit)) process.exit(0)
  }, checkInterval).unref()
  // Whatever one packet brings about, the others must be answered.
  process.on('uncaughtException', (error) => console.error(error))
  for (const problem of [...(await server.loadAll()), ...(await sandboxes.loadAll()), ...(await relays.loadAll())])
    console.error(problem)
  // The engine waits for this; afterwards nobody reads any more.
  process.stdout.on('error', () => undefined)
  process.stdout.write('ready\n')
})
