import { hasCode } from '@moby/contracts'
import { outputType, since } from '../../compat/shapes.ts'
import { ExecStart } from '../../schemas/exec.ts'
import { prime } from '../../server/prime.ts'
import { empty, type Answer, type Route } from '../../server/route.ts'
import { frame } from '../../wire/frames.ts'
import { writeOutput } from '../write-output.ts'
import { consoleSize } from './console-size.ts'

export const startExec: Route = {
  method: 'POST',
  path: '/exec/{id}/start',
  hijack: true,
  async handle(request) {
    const given = (await request.json(ExecStart)) ?? {}
    const size = request.version >= since.execConsoleSize ? given.ConsoleSize : undefined
    const wanted = {
      id: request.vars['id'] ?? '',
      ...(given.Detach === true ? { detach: true } : {}),
      ...consoleSize(size, given.Tty),
    }
    await request.allow('exec.start', wanted)
    const { spec } = await request.trusted.exec.inspect({ id: wanted.id })
    const stdin = spec.attachStdin === true && given.Detach !== true
    // What the client says here decides how it reads, whatever the process was created with.
    const terminal = given.Tty === true
    // A detached process goes on when the client that started it leaves.
    const signal = given.Detach === true ? undefined : request.signal
    const output = request.trusted.exec.start(wanted, stdin ? request.input : nothing(), { signal })
    const contentType = outputType(request.version, terminal)
    try {
      const rest = await prime(output)
      if (given.Detach === true) {
        for await (const _item of rest) continue
        return empty(200)
      }
      return {
        kind: 'raw',
        contentType,
        commonHeaders: true,
        async run(connection) {
          if (!stdin) connection.discardInput()
          await writeOutput(rest, connection, terminal)
        },
      }
    } catch (error) {
      if (given.Detach === true || !hasCode(error, 'EXEC_START_FAILED')) throw error
      return failedStart(error.message, contentType, terminal)
    }
  },
}

/**
 * A program that cannot be started is told as its output, as Docker does: clients read the reason there, and the exit
 * code by inspect.
 */
function failedStart(message: string, contentType: string, terminal: boolean): Answer {
  return {
    kind: 'raw',
    contentType,
    commonHeaders: true,
    async run(connection) {
      connection.discardInput()
      const text = Buffer.from(`${message}\r\n`)
      await connection.write(terminal ? text : frame('stdout', text))
    },
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
