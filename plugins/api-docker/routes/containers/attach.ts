import { outputType } from '../../compat/shapes.ts'
import { prime } from '../../server/prime.ts'
import type { Route } from '../../server/route.ts'
import { writeOutput } from '../write-output.ts'
import { readAttachRequest } from './attach-request.ts'

export const attachContainer: Route = {
  method: 'POST',
  path: '/containers/{name}/attach',
  hijack: true,
  async handle(request) {
    const wanted = readAttachRequest(request, 'stream')
    await request.allow('containers.attach', wanted)
    const container = await request.trusted.containers.inspect({ ref: wanted.ref })
    const terminal = container.spec.terminal === true
    const stdin = wanted.stdin && container.spec.openStdin === true
    const output = request.trusted.containers.attach(wanted, stdin ? request.input : nothing(), {
      signal: request.signal,
    })
    // `attached` comes before anything else, so that errors are still ordinary answers.
    const rest = await prime(output)
    return {
      kind: 'raw',
      contentType: outputType(request.version, terminal),
      commonHeaders: false,
      async run(connection) {
        if (!stdin) connection.discardInput()
        await writeOutput(rest, connection, terminal)
      },
    }
  },
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
