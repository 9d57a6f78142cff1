import { since } from '../../compat/shapes.ts'
import { ExecCreate } from '../../schemas/exec.ts'
import { json, type Route } from '../../server/route.ts'
import { invalidRequest } from '../../wire/api-error.ts'
import { consoleSize } from './console-size.ts'
import { containerRef } from '../containers/container-ref.ts'

export const createExec: Route = {
  method: 'POST',
  path: '/containers/{name}/exec',
  async handle(request) {
    const given = (await request.json(ExecCreate)) ?? {}
    const command = given.Cmd ?? []
    if (command.length === 0) throw invalidRequest('No exec command specified')
    const size = request.version >= since.execConsoleSize ? given.ConsoleSize : undefined
    const { id } = await request.engine.exec.create({
      ref: containerRef(request),
      spec: {
        command,
        ...(given.Env === undefined ? {} : { env: given.Env }),
        ...(given.WorkingDir ? { workingDir: given.WorkingDir } : {}),
        ...(given.User ? { user: given.User } : {}),
        terminal: given.Tty ?? false,
        attachStdin: given.AttachStdin ?? false,
        attachStdout: given.AttachStdout ?? false,
        attachStderr: given.AttachStderr ?? false,
        privileged: given.Privileged ?? false,
        ...(given.DetachKeys ? { detachKeys: given.DetachKeys } : {}),
        ...consoleSize(size, given.Tty),
      },
    })
    return json({ Id: id }, 201)
  },
}
