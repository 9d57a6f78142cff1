import { outputType } from '../../compat/shapes.ts'
import { prime } from '../../server/prime.ts'
import type { ApiRequest, Route } from '../../server/route.ts'
import { writeOutput } from '../write-output.ts'
import { containerRef } from './container-ref.ts'

export const attachContainer: Route = {
  method: 'POST',
  path: '/containers/{name}/attach',
  hijack: true,
  async handle(request) {
    const wanted = readAttachRequest(request)
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

function readAttachRequest(request: ApiRequest) {
  const { query } = request
  const detachKeys = query.maybe('detachKeys')
  return {
    ref: containerRef(request),
    stdin: query.bool('stdin'),
    stdout: query.bool('stdout'),
    stderr: query.bool('stderr'),
    stream: query.bool('stream'),
    ...(query.bool('logs') ? { logs: true } : {}),
    ...(detachKeys === undefined ? {} : { detachKeys }),
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
