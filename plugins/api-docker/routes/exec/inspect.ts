import { json, type Route } from '../../server/route.ts'

export const inspectExec: Route = {
  method: 'GET',
  path: '/exec/{id}/json',
  async handle({ vars, engine }) {
    const exec = await engine.exec.inspect({ id: vars['id'] ?? '' })
    const { spec } = exec
    const [entrypoint = '', ...args] = spec.command
    return json({
      ID: exec.id,
      Running: exec.running,
      ExitCode: exec.exitCode ?? null,
      ProcessConfig: {
        tty: spec.terminal ?? false,
        entrypoint,
        arguments: args,
        privileged: spec.privileged ?? false,
        ...(spec.user === undefined ? {} : { user: spec.user }),
      },
      OpenStdin: spec.attachStdin ?? false,
      OpenStderr: spec.attachStderr ?? false,
      OpenStdout: spec.attachStdout ?? false,
      CanRemove: false,
      ContainerID: exec.containerId,
      DetachKeys: spec.detachKeys ?? '',
      Pid: exec.pid,
    })
  },
}
