import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ContractDefinition, Logger } from '@moby/contracts'
import { WorkspaceSource } from '@moby/registry'
import { parse } from 'yaml'
import { killSubject } from '../../core/conform/kill-subject.ts'
import { bootAssembly } from '../../core/kernel/boot-assembly.ts'
import type { EngineLog } from '../../core/kernel/log.ts'
import { lockPath, writeLock } from '../../core/lock/lock-file.ts'
import { makeLock } from '../../core/lock/make-lock.ts'
import { loadManifest } from '../../core/manifest/load-manifest.ts'
import { readDescriptor } from '../../core/manifest/read-descriptor.ts'
import { resolveAssembly } from '../../core/resolve/resolve-assembly.ts'
import { supervisionLimits } from '../../core/supervise/policy.ts'
import type { ComponentSetting, Neighbour } from './component-context.ts'
import type { Run } from './subject.ts'

const entry = 'subject'

/** Run modes in which a kernel starts, watches and restarts what is under test. */
export const kernelModes = ['process', 'container'] as const
export type KernelMode = (typeof kernelModes)[number]

/** A driver in a process or container of its own, under a kernel that has nothing else but what the driver requires. */
export async function runInKernel(
  setting: ComponentSetting,
  contract: ContractDefinition,
  mode: KernelMode,
): Promise<Run> {
  const folder = join(setting.root, 'assembly')
  await mkdir(folder)
  const manifestPath = join(folder, 'moby.yaml')
  // JSON is YAML too.
  await writeFile(manifestPath, JSON.stringify(manifestOf(setting, mode)))
  const sources = [new WorkspaceSource({ from: [import.meta.dirname], readDescriptor })]
  await writeLock(
    lockPath(manifestPath),
    await makeLock(await resolveAssembly(await loadManifest(manifestPath), sources)),
  )
  const dataRoot = join(setting.root, 'kernel')
  const runRoot = join(dataRoot, 'run')
  const running = await bootAssembly({
    manifestPath,
    dataRoot,
    runRoot,
    sources,
    log: quiet,
    supervision: { ...supervisionLimits, firstDelayMs: 1, budget: 1_000 },
  })
  const run: Run = {
    driver: running.handle(contract, await driverName(setting.plugin, contract)),
    async restart() {
      await killSubject(running, { entry, mode, runRoot })
      return run
    },
    end: async () => void (await running.stop('stop-containers')),
  }
  return run
}

function manifestOf({ plugin, config, neighbours = [] }: ComponentSetting, mode: KernelMode) {
  const components: Record<string, unknown> = {
    [entry]: { use: `moby/${plugin}`, mode, ...(config === undefined ? {} : { config }) },
  }
  const add = (neighbour: Neighbour): void => {
    const { name, config: own } = neighbour
    components[neighbour.plugin] = {
      use: `moby/${neighbour.plugin}`,
      ...(name === undefined ? {} : { driver: name }),
      ...(own === undefined ? {} : { config: own }),
    }
    for (const each of neighbour.neighbours ?? []) add(each)
  }
  for (const neighbour of neighbours) add(neighbour)
  if (mode === 'container') components['launcher'] = { use: 'moby/launcher-runc' }
  return { assembly: 'contract-test', version: '0.0.0', components }
}

async function driverName(plugin: string, contract: ContractDefinition): Promise<string | undefined> {
  const file = join(import.meta.dirname, '../../plugins', plugin, 'component.yaml')
  const { provides } = parse(await readFile(file, 'utf8')) as { provides: { contract: string; driver?: string }[] }
  return provides.find((each) => each.contract === contract.id)?.driver
}

const ignore = (): void => undefined
const silent: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const quiet: EngineLog = { kernel: silent, of: () => silent, flush: ignore }
