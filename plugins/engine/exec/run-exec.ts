import { codedError, hasCode } from '@moby/contracts'
import type { ContainerContext } from '../containers/container-context.ts'
import { ContainerPaths } from '../containers/container-paths.ts'
import { tell } from '../containers/container-events.ts'
import type { ContainerRecord } from '../containers/container-record.ts'
import { readInRoot } from '../containers/in-root.ts'
import { linkedEnvironment } from '../containers/linked-containers.ts'
import { outputFolder } from '../containers/open-output.ts'
import type { Attachment } from '../containers/ports.ts'
import { exitCodeOfFailure, runtimeWords } from '../containers/start-failure.ts'
import { hostnameOf } from '../networks/endpoint-names.ts'
import { mergeEnvironment } from '../spec/environment.ts'
import { buildProcess } from '../spec/process.ts'
import { commandText } from './command-text.ts'
import type { ConsoleSize, ExecState } from './exec-state.ts'

/** Milliseconds for which the exit code of an exec is kept, as by dockerd. */
const keptMs = 300_000

export interface StartedExec {
  readonly attachment: Attachment
  closeStdin(): Promise<void>
}

/** Starts the process of an exec with its streams open, and takes note of its end. Fails with EXEC_START_FAILED. */
export async function runExec(
  context: ContainerContext,
  record: ContainerRecord,
  exec: ExecState,
  consoleSize: ConsoleSize | undefined,
): Promise<StartedExec> {
  const { spec } = exec
  const { id } = record
  const runtime = context.runtimes.get(record.drivers.runtime)
  const output = await context.openOutput({
    id: exec.id,
    folder: outputFolder(context, id, exec.id.slice(0, 16)),
    terminal: spec.terminal === true,
    openStdin: spec.attachStdin === true,
    stdinOnce: true,
  })
  exec.output = output
  const attachment = output.attach({
    stdin: spec.attachStdin === true,
    stdout: spec.attachStdout === true,
    stderr: spec.attachStderr === true,
  })
  const which = { id, execId: exec.id }
  try {
    const process = execProcess(context, record, exec, consoleSize)
    await runtime.exec({ ...which, process: { ...process }, stdio: output.stdio })
    const { pid } = await runtime.start(which)
    exec.pid = pid
  } catch (error) {
    attachment.close()
    await output.remove()
    await runtime.delete({ ...which, force: true }).catch(() => undefined)
    const message = error instanceof Error ? error.message : String(error)
    exec.status = 'exited'
    exec.exitCode = exitCodeOfFailure(message)
    exec.ended.resolve(exec.exitCode)
    if (hasCode(error, 'RUNTIME_TASK_NOT_FOUND')) {
      throw codedError('CONTAINER_NOT_RUNNING', `container ${id} is not running`, { cause: error })
    }
    throw codedError('EXEC_START_FAILED', runtimeWords(message), {
      cause: error,
      ...(exec.exitCode === 128 ? {} : { kind: 'invalid' as const }),
    })
  }
  exec.status = 'running'
  tell(context, record, `exec_start: ${commandText(spec.command)}`, { execID: exec.id })
  void watch(context, record, exec)
  return {
    attachment,
    closeStdin: async () => {
      await runtime.closeStdin(which)
    },
  }
}

function execProcess(
  context: ContainerContext,
  record: ContainerRecord,
  { spec }: ExecState,
  consoleSize: ConsoleSize | undefined,
) {
  const { rootfs } = new ContainerPaths(context.folders, record.id)
  return buildProcess({
    spec: record.spec,
    args: spec.command,
    env: mergeEnvironment(record.process.env, spec.env ?? []),
    workingDir: spec.workingDir || record.process.workingDir,
    user: spec.user || record.process.user,
    hostname: hostnameOf(record),
    linked: linkedEnvironment(context, record),
    terminal: spec.terminal === true,
    consoleSize,
    privileged: spec.privileged === true || record.spec.privileged === true,
    hostCapabilities: context.host.capabilities,
    database: { passwd: readInRoot(rootfs, '/etc/passwd'), group: readInRoot(rootfs, '/etc/group') },
  })
}

/** Notes the exit code first, then lets the output run dry and puts the streams away. */
async function watch(context: ContainerContext, record: ContainerRecord, exec: ExecState): Promise<void> {
  const which = { id: record.id, execId: exec.id }
  const runtime = context.runtimes.get(record.drivers.runtime)
  let exitCode = 137
  try {
    exitCode = (await runtime.wait(which, { signal: context.stopping })).exitCode
    // The end of the container ends its execs too, and cleans up after them.
    await runtime.delete(which)
  } catch (error) {
    if (context.stopping.aborted) return
    context.log.debug('the end of an exec was not seen', { exec: exec.id, error: String(error) })
  }
  exec.exitCode = exitCode
  exec.status = 'exited'
  exec.pid = 0
  exec.ended.resolve(exitCode)
  tell(context, context.store.get(record.id) ?? record, 'exec_die', {
    execID: exec.id,
    exitCode: String(exitCode),
  })
  try {
    await exec.output?.drain()
    await exec.output?.remove()
  } catch (error) {
    context.log.warn('the output of an exec was not closed', { exec: exec.id, error: String(error) })
  }
  exec.output = undefined
  // Clients ask for the exit code soon or never.
  setTimeout(() => context.lives.find(record.id)?.execs.delete(exec.id), keptMs).unref()
}
