import { flushCompileCache } from 'node:module'
import process from 'node:process'
import { bootAssembly, type RunningAssembly } from '../../kernel/boot-assembly.ts'
import type { EngineLog } from '../../kernel/log.ts'
import type { Member } from '../../lifecycle/member.ts'
import { assemblyPath, pointAtCommandLine } from '../assembly-option.ts'
import type { Command } from '../command.ts'
import type { CommandLine } from '../command-line.ts'
import { logOf } from '../log-option.ts'
import { notifyManager } from '../notify.ts'
import { pluginDirsOf } from '../plugin-dirs.ts'
import { rootsOf } from '../roots.ts'
import { removeEmptyFolders } from '../run-files.ts'
import { catchSignals } from '../signals.ts'
import { sourcesFor } from '../sources.ts'

export const command: Command = {
  async run(line) {
    const asked = catchSignals()
    const log = logOf(line)
    surviveSlips(log)
    // One that comes before there is anything to read again must not end the engine.
    let reload = () => undefined as void
    process.on('SIGHUP', () => reload())
    const assembly = await boot(line, log)
    // It is told in the log and in `moby status`: whoever sent the signal hears nothing.
    reload = () => void assembly.changes.apply(undefined, 'reload').catch(() => undefined)
    await tellManager(log, 'READY=1')
    // Node writes it at the end only, and an engine may be killed.
    flushCompileCache()
    const signal = await asked
    const stopContainers = line.flag('stop-containers')
    const fate = stopContainers ? 'and ending containers' : 'containers go on'
    process.stdout.write(`${signal}: stopping, ${fate} (again to force)\n`)
    await tellManager(log, 'STOPPING=1')
    const errors = await assembly.stop(stopContainers ? 'stop-containers' : 'leave-containers')
    for (const { message } of errors) process.stderr.write(`did not stop well: ${message}\n`)
    if (stopContainers) await removeEmptyFolders(rootsOf(line).runRoot)
    log.flush()
    return errors.length === 0 ? 0 : 1
  },
}

async function boot(line: CommandLine, log: EngineLog): Promise<RunningAssembly> {
  const manifestPath = assemblyPath(line)
  const host = line.value('host')
  const roots = rootsOf(line)
  const pluginDirs = pluginDirsOf(line)
  process.stdout.write(`Starting ${manifestPath}\n`)
  try {
    const assembly = await bootAssembly({
      manifestPath,
      ...roots,
      sources: sourcesFor,
      ...(host === undefined ? {} : { host }),
      pluginDirs,
      log,
      onSettled: tell,
    })
    const { name, version } = assembly.facts
    process.stdout.write(
      `${name} ${version} is ready in ${Math.round(performance.now())} ms, data in ${roots.dataRoot}\n`,
    )
    if (assembly.differsFrom !== undefined) {
      process.stdout.write(
        `It differs from generation ${assembly.differsFrom}, which ran last here; moby rollback goes back to that\n`,
      )
    }
    return assembly
  } catch (error) {
    throw pointAtCommandLine(error, line)
  }
}

/** What no reader waits for must not end an engine: a closed terminal, a promise that failed unheard. */
function surviveSlips(log: EngineLog): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  process.on('unhandledRejection', (reason) => {
    const stack = reason instanceof Error ? reason.stack : String(reason)
    log.kernel.error('a promise failed and nobody heard it; this is a defect', { stack })
  })
}

function tell(member: Member): void {
  const { name, locked, status, startMs = 0, reason } = member
  const component = `${locked.use} ${locked.version}`
  const note = status === 'ready' ? '' : `  ${status}: ${reason ?? ''}`
  const columns = [name.padEnd(16), component.padEnd(28), locked.mode, `${Math.round(startMs)} ms`.padStart(8)]
  process.stdout.write(`  ${columns.join(' ')}${note}\n`)
}

async function tellManager(log: EngineLog, state: string): Promise<void> {
  const failure = await notifyManager(state)
  if (failure !== undefined) log.kernel.warn('the service manager could not be told', { state, reason: failure })
}
