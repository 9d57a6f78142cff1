import { flushCompileCache } from 'node:module'
import process from 'node:process'
import { engineSystem } from '@moby/contracts'
import { reloadAttributes } from '../../daemon-json/reload-attributes.ts'
import { bootAssembly, type RunningAssembly } from '../../kernel/boot-assembly.ts'
import type { AdjustableLog, EngineLog, LogLevel } from '../../kernel/log.ts'
import type { Member } from '../../lifecycle/member.ts'
import { assemblyPath, pointAtCommandLine } from '../assembly-option.ts'
import type { Command } from '../command.ts'
import type { CommandLine } from '../command-line.ts'
import { daemonFileOf } from '../daemon-file-option.ts'
import { logOf } from '../log-option.ts'
import { feedWatchdog, notifyManager, reloadingState } from '../notify.ts'
import { takePidFile } from '../pid-file.ts'
import { pluginDirsOf } from '../plugin-dirs.ts'
import { rootsBelow, rootsOf } from '../roots.ts'
import { removeEmptyFolders } from '../run-files.ts'
import { catchSignals } from '../signals.ts'
import { sourcesFor } from '../sources.ts'
import { reportOnSignal } from '../write-report.ts'

type Roots = ReturnType<typeof rootsOf>

export const command: Command = {
  async run(line) {
    const asked = catchSignals()
    const { engine: settings = {} } = (await daemonFileOf(line)) ?? {}
    const log = logOf(line, settings)
    surviveSlips(log)
    // One that comes before there is anything to read again must not end the engine.
    let reload = () => undefined as void
    process.on('SIGHUP', () => reload())
    const roots = rootsBelow(settings.dataRoot) ?? rootsOf(line)
    reportOnSignal(roots.runRoot, log.kernel)
    const pidFile = line.value('pidfile') ?? settings.pidFile
    const removePidFile = pidFile === undefined ? () => undefined : takePidFile(pidFile)
    try {
      const assembly = await boot(line, roots, log)
      // It is told in the log and in `moby status`: whoever sent the signal hears nothing.
      reload = () => void readAgain(assembly, log)
      await tellManager(log, 'READY=1')
      const endWatchdog = feedWatchdog(process.env, async (state) => await tellManager(log, state))
      // Node writes it at the end only, and an engine may be killed.
      flushCompileCache()
      const signal = await asked
      endWatchdog()
      const stopContainers = line.flag('stop-containers') || assembly.generation.daemon?.engine.stopContainers === true
      const fate = stopContainers ? 'and ending containers' : 'containers go on'
      process.stdout.write(`${signal}: stopping, ${fate} (again to force)\n`)
      await tellManager(log, 'STOPPING=1')
      const errors = await assembly.stop(stopContainers ? 'stop-containers' : 'leave-containers')
      for (const { message } of errors) process.stderr.write(`did not stop well: ${message}\n`)
      if (stopContainers) await removeEmptyFolders(roots.runRoot)
      log.flush()
      return errors.length === 0 ? 0 : 1
    } finally {
      removePidFile()
    }
  },
}

async function boot(line: CommandLine, roots: Roots, log: AdjustableLog): Promise<RunningAssembly> {
  const manifestPath = assemblyPath(line)
  const hosts = line.values('host')
  const daemonFile = line.value('config-file')
  const pluginDirs = pluginDirsOf(line)
  process.stdout.write(`Starting ${manifestPath}\n`)
  try {
    const assembly: RunningAssembly = await bootAssembly({
      manifestPath,
      ...roots,
      sources: sourcesFor,
      ...(hosts.length === 0 ? {} : { hosts }),
      daemonFile,
      pluginDirs,
      metricsAddress: line.value('metrics-addr'),
      log,
      onSettled: tell,
      onChanged: () => takeChange(line, assembly, log),
    })
    const { name, version } = assembly.facts
    process.stdout.write(
      `${name} ${version} is ready in ${Math.round(performance.now())} ms, data in ${roots.dataRoot}\n`,
    )
    tellIgnored(assembly, log)
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

/** A reload is over for the manager when it is ready again, whether something was changed or all taken back. */
async function readAgain(assembly: RunningAssembly, log: EngineLog): Promise<void> {
  await tellManager(log, ...reloadingState())
  await assembly.changes.apply(undefined, 'reload').catch(() => undefined)
  await tellManager(log, 'READY=1')
}

/** What a new generation says to this command itself, and to those who listen to events. */
function takeChange(line: CommandLine, assembly: RunningAssembly, log: AdjustableLog): void {
  const { daemon, members } = assembly.generation
  if (line.value('log-level') === undefined) log.setLevel(daemon?.engine.logLevel ?? defaultLevel)
  tellIgnored(assembly, log)
  const attributes = reloadAttributes(members)
  void tellReload(assembly, attributes).catch((error: unknown) => {
    log.kernel.debug('nobody was told that the configuration was read again', { reason: String(error) })
  })
}

const defaultLevel: LogLevel = 'info'

async function tellReload(assembly: RunningAssembly, attributes: Record<string, string>): Promise<void> {
  await assembly.handle(engineSystem).announceReload({ attributes })
}

/** Keys of a `daemon.json` that do nothing here; those that cannot be left out silently have ended the start. */
function tellIgnored({ generation: { daemon } }: RunningAssembly, { kernel }: EngineLog): void {
  for (const { key, outcome } of daemon?.outcomes ?? []) {
    if (outcome.fate !== 'ignored') continue
    kernel.warn('a key of daemon.json does nothing here', { file: daemon?.file.file, key, because: outcome.because })
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

async function tellManager(log: EngineLog, ...states: readonly string[]): Promise<void> {
  const failure = await notifyManager(...states)
  if (failure !== undefined) log.kernel.warn('the service manager could not be told', { states, reason: failure })
}
