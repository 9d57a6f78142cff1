import { readFileSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  componentLauncher,
  contractCatalog,
  hasCode,
  type ComponentSource,
  type ContractDefinition,
  type Implementation,
} from '@moby/contracts'
import { stringify } from 'yaml'
import { bootAssembly, type RunningAssembly } from '../kernel/boot-assembly.ts'
import { openLog } from '../kernel/log.ts'
import { lockPath, writeLock } from '../lock/lock-file.ts'
import { makeLock } from '../lock/make-lock.ts'
import { loadManifest } from '../manifest/load-manifest.ts'
import { resolveAssembly } from '../resolve/resolve-assembly.ts'
import { supervisionLimits } from '../supervise/policy.ts'
import { readComponentFolder } from './component-folder.ts'
import { killSubject } from './kill-subject.ts'
import type { RunningSubject, SubjectSetting } from './subject.ts'

/** Name of the entry under test, and of its drivers. */
const entry = 'subject'
const linesTold = 40

/** Components that are killed on purpose come back at once, as often as cases want. */
const supervision = { ...supervisionLimits, firstDelayMs: 1, budget: 1_000 }

/**
 * Runs the component as an engine would: by the kernel, in an assembly of itself and the components that it
 * requires, these as modules; in a container with the launcher of this project, unless one is among those. `root` is an empty folder with a short path. Throws coded errors, and leaves nothing
 * running when it does.
 */
export async function startSubject(
  setting: SubjectSetting,
  root: string,
  sourcesFor: (manifest: string) => readonly ComponentSource[],
): Promise<RunningSubject> {
  const manifestPath = join(root, 'moby.yaml')
  await writeFile(manifestPath, await manifestOf(setting))
  const sources = sourcesFor(manifestPath)
  await writeLock(
    lockPath(manifestPath),
    await makeLock(await resolveAssembly(await loadManifest(manifestPath), sources)),
  )
  const logFile = join(root, 'log')
  const log = openLog({ file: logFile, level: 'debug' })
  const roots = { dataRoot: join(root, 'data'), runRoot: join(root, 'run') }
  const boot = async (): Promise<RunningAssembly> => {
    try {
      return await bootAssembly({ manifestPath, ...roots, sources: sourcesFor(manifestPath), log, supervision })
    } catch (error) {
      // One component alone is in question; that it keeps an assembly from starting is no news.
      throw hasCode(error, 'BOOT_FAILED') && error.cause !== undefined ? error.cause : error
    }
  }
  let running = await boot()
  return {
    driver: <C extends ContractDefinition>(contract: C): Implementation<C> =>
      running.handle(contract, contract.selection === 'driver' ? entry : undefined),
    async restart() {
      if (setting.mode !== 'module')
        return await killSubject(running, { entry, mode: setting.mode, runRoot: roots.runRoot })
      await running.stop('leave-containers')
      running = await boot()
    },
    async close() {
      await running.stop('stop-containers')
    },
    logSize() {
      log.flush()
      return statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
    },
    logSince(size) {
      log.flush()
      return linesOf(readFileSync(logFile).subarray(size).toString('utf8')).slice(-linesTold)
    },
  }
}

/** What the component wrote and what the kernel has to say of it, without what stands in each record. */
function linesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    if (line === '') return []
    const { component, level: _level, time: _time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>
    if (component !== entry) return []
    return [`${String(msg)}${Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`}`]
  })
}

async function manifestOf({ descriptor, folder, config, mode, neighbours }: SubjectSetting): Promise<string> {
  const selected = descriptor.provides.some(({ contract }) => contractCatalog.get(contract)?.selection === 'driver')
  const components: Record<string, object> = {
    [entry]: {
      use: descriptor.name,
      version: descriptor.version,
      from: `folder:${folder}`,
      mode,
      ...(selected ? { driver: entry } : {}),
      ...(Object.keys(config).length === 0 ? {} : { config }),
    },
  }
  for (const [index, neighbour] of neighbours.entries()) {
    const { name } = await readComponentFolder(neighbour)
    components[`neighbour-${index + 1}`] = { use: name, from: `folder:${neighbour}` }
  }
  if (mode === 'container' && !(await providesLauncher(neighbours))) {
    components['launcher'] = { use: 'moby/launcher-runc' }
  }
  return stringify({ assembly: 'conform', version: '0.0.0', components })
}

async function providesLauncher(folders: readonly string[]): Promise<boolean> {
  const descriptors = await Promise.all(folders.map(readComponentFolder))
  return descriptors.some(({ provides }) => provides.some(({ contract }) => contract === componentLauncher.id))
}
