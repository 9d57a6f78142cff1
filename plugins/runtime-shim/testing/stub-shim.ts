import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { codedError } from '@moby/contracts'
import { TtrpcServer } from '@moby/lib-ttrpc'
import { BootstrapParams, BootstrapResult } from '../protocol/bootstrap-messages.ts'
import { taskServices, type TaskServiceVersion } from '../protocol/task-service.ts'

/**
 * A shim without containers that speaks one of the three bootstrap dialects, by the first argument:
 * `1.7` (text, task service 2), `2.2` (JSON, service 3) or `2.3` (protobuf, service 3). It refuses what
 * the real ones of that version refuse.
 */
const [, , dialect = '', ...words] = process.argv
const after = (flag: string) => words[words.indexOf(flag) + 1] ?? ''
const action = words.at(-1)
const service: TaskServiceVersion = dialect === '1.7' ? 2 : 3

if (words.includes('-v')) {
  process.stdout.write(`stub:\n  Version:  v${dialect}.0\n  Revision: none\n`)
} else if (action === 'start') {
  start()
} else if (action === 'serve') {
  await serve(after('-socket'))
} else if (action === 'delete') {
  rmSync(join(process.cwd(), 'made'), { force: true })
}

function start(): void {
  const input = readFileSync(0)
  let socket = join(process.cwd(), 'stub.sock')
  if (dialect === '2.3') {
    const params = BootstrapParams.decode(input)
    if (params.instanceId !== after('-id') || params.namespace !== after('-namespace') || params.ttrpcAddress === '') {
      throw new Error('BootstrapParams do not match the flags')
    }
    socket = join(params.socketDir, `${params.instanceId}.sock`)
  } else if (input.length > 0) {
    throw new Error('An older shim reads other options')
  }
  // The listener must be there before the address is told.
  const child = spawn(
    process.execPath,
    [process.argv[1] ?? '', dialect, ...words.slice(0, -1), '-socket', socket, 'serve'],
    {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  )
  child.once('message', () => {
    child.disconnect()
    child.unref()
    process.stdout.write(replyOf(`unix://${socket}`))
  })
}

function replyOf(address: string): string | Uint8Array {
  if (dialect === '1.7') return address
  if (dialect === '2.2') return JSON.stringify({ version: 3, address, protocol: 'ttrpc' })
  return BootstrapResult.encode({ version: 3, address, protocol: 'ttrpc' })
}

async function serve(socket: string): Promise<void> {
  const task = taskServices[service]
  const ended = Promise.withResolvers<void>()
  let status = 1
  const exit = { exitStatus: 7, exitedAt: { seconds: 1_700_000_000, nanos: 0 } }
  const server = new TtrpcServer()
    .handle(task.create, async ({ options }) => {
      if (options !== undefined) throw codedError('RPC_INVALID', 'options of another shim')
      return { pid: process.pid }
    })
    .handle(task.start, async () => {
      status = 2
      return { pid: process.pid }
    })
    .handle(task.state, async ({ id }) => ({ id, status, pid: process.pid, ...(status === 3 ? exit : {}) }))
    .handle(task.kill, async () => {
      status = 3
      ended.resolve()
      return {}
    })
    .handle(task.wait, async () => {
      await ended.promise
      return exit
    })
    .handle(task.delete, async () => exit)
    .handle(task.shutdown, async () => {
      setImmediate(() => {
        rmSync(socket, { force: true })
        process.exit(0)
      })
      return {}
    })
  await server.listen(socket)
  process.send?.('ready')
}
