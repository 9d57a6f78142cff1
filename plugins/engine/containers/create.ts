import {
  codedError,
  hasCode,
  isCodedError,
  type ContainerSpec,
  type engineContainers,
  type RequestOf,
  type ResponseOf,
} from '@moby/contracts'
import { randomBytes } from 'node:crypto'
import { Undo } from '../concurrency/undo.ts'
import { driverName } from '../drivers/driver-name.ts'
import { hiddenPaths } from '../spec/default-paths.ts'
import { checkResources } from '../spec/resources.ts'
import { checkWorkingDir } from '../spec/working-dir.ts'
import { followEngineFolders } from './bind-propagation.ts'
import { checkSpec } from './check-spec.ts'
import type { ContainerContext, EngineConfig } from './container-context.ts'
import { withDefaults } from './container-defaults.ts'
import { tell } from './container-events.ts'
import type { ContainerRecord, MountRecord } from './container-record.ts'
import { dataRootWarnings } from './data-root-warnings.ts'
import { planImage, prepareImages, removeImages } from './image-mounts.ts'
import { mergeImage } from './merge-image.ts'
import { noLog } from './open-output.ts'
import { checkName, generateName } from './names.ts'
import { planMounts } from './plan-mounts.ts'
import type { ImageFacts } from './ports.ts'

type Request = RequestOf<typeof engineContainers, 'create'>
type Response = ResponseOf<typeof engineContainers, 'create'>

/**
 * Makes a container. Its record is written before its snapshot and volumes, so that an engine that dies in between
 * finds and removes them; the container exists for users once all of it is there.
 */
export async function createContainer(context: ContainerContext, request: Request): Promise<Response> {
  const id = randomBytes(32).toString('hex')
  const name =
    request.name === undefined || request.name === ''
      ? generateName((candidate) => context.store.isNameTaken(candidate))
      : checkName(request.name)
  try {
    const { record, warnings } = draft(context, request, id, name)
    await checkDrivers(context, record)
    context.store.reserveName(name, id)
    try {
      await make(context, record)
    } finally {
      context.store.releaseName(name)
    }
    tell(context, record, 'create')
    return { id, warnings }
  } catch (error) {
    throw asInvalid(error)
  }
}

/** Clients take a creation that finds something not for one whose image is missing, and pull it: only that is told so. */
function asInvalid(error: unknown): unknown {
  if (!isCodedError(error) || error.kind !== 'not-found' || error.code === 'IMAGE_NOT_FOUND') return error
  return codedError('CONTAINER_SPEC_INVALID', error.message, {
    cause: error,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  })
}

function draft(context: ContainerContext, request: Request, id: string, name: string) {
  const image = findImage(context, request.spec)
  const { resources, warnings } = checkResources(request.spec.resources ?? {}, context.host.cgroups)
  const wish = withDefaults(request.spec, context.config)
  const spec: ContainerSpec = {
    ...wish,
    resources,
    ...(request.spec.privileged === true ? {} : hiddenPaths(request.spec)),
  }
  checkSpec(spec, context.host)
  checkShared(context, spec)
  const process = mergeImage(spec, image.config)
  checkWorkingDir(process.workingDir)
  const record: ContainerRecord = {
    id,
    name,
    createdAt: context.clock.now(),
    spec,
    ...(request.frontend === undefined ? {} : { frontend: request.frontend }),
    image: {
      id: image.id,
      reference: spec.image,
      tags: image.tags,
      ...(image.chainId ? { chainId: image.chainId } : {}),
    },
    process,
    drivers: {
      storage: image.storage,
      log: driverName(context.logs, spec.logDriver || context.config.logDriver),
      runtime: spec.runtime || context.config.runtime,
    },
    logOptions: logOptionsOf(spec, context.config),
    status: 'creating',
    pid: 0,
    exitCode: 0,
    oomKilled: false,
    error: '',
    restartCount: 0,
    stoppedByUser: false,
    stopRequested: false,
    mounts: planMounts(spec, process.volumes, (ref) => context.store.find(ref).mounts).map((mount, index) =>
      planImage(context, id, followEngineFolders(mount, context.instance), index),
    ),
    endpoints: context.networking.initialEndpoints(spec),
    sandboxId: '',
    logPath: '',
  }
  const { dataRoot } = context.instance
  return { record, warnings: [...warnings, ...dataRootWarnings(record.mounts, dataRoot)] }
}

/** Whose processes or memory are shared must be there; a network of another need not be before the start. */
function checkShared({ store }: ContainerContext, { pidMode, ipcMode }: ContainerSpec): void {
  for (const mode of [pidMode, ipcMode]) {
    const ref = /^container:(.+)$/s.exec(mode ?? '')?.[1]
    if (ref !== undefined) store.find(ref)
  }
}

/** Those of the engine are for its own log driver, named or not, as for dockerd. */
function logOptionsOf(spec: ContainerSpec, config: EngineConfig): Record<string, string> {
  const isDefault = !spec.logDriver || spec.logDriver === config.logDriver
  return isDefault ? { ...config.logOptions, ...spec.logOptions } : { ...spec.logOptions }
}

async function make(context: ContainerContext, record: ContainerRecord): Promise<void> {
  const undo = new Undo()
  const storage = context.storage.get(record.drivers.storage)
  try {
    const named = { ...record, mounts: record.mounts.map(nameAnonymous) }
    await context.store.insert(named, 'process')
    undo.add(() => context.store.delete(record.id, 'process'))
    await storage.prepare({
      key: record.id,
      ...(record.image.chainId === undefined ? {} : { parent: record.image.chainId }),
    })
    undo.add(() => storage.remove({ key: record.id }))
    undo.add(() => removeImages(context, record))
    await prepareImages(context, record)
    const mounts: MountRecord[] = []
    undo.add(() => context.volumes.releaseAnonymous(anonymousVolumes({ mounts }), record.id))
    for (const mount of named.mounts) mounts.push(await acquire(context, record.id, mount))
    await context.store.update(record.id, { status: 'created', mounts }, 'power-loss')
  } catch (error) {
    await undo.run((failure) => context.log.warn('a creation was not undone', { error: String(failure) }))
    throw error
  } finally {
    context.volumes.settle(record.id)
  }
}

/** Names an anonymous volume before it is made, so that the record knows it whatever happens. */
function nameAnonymous(mount: MountRecord): MountRecord {
  if (mount.spec.type !== 'volume' || mount.volume !== undefined) return mount
  if (mount.spec.source !== undefined && mount.spec.source !== '') return mount
  return { ...mount, volume: { name: randomBytes(32).toString('hex'), driver: '', anonymous: true, path: '' } }
}

async function acquire(context: ContainerContext, id: string, mount: MountRecord): Promise<MountRecord> {
  const { spec } = mount
  if (spec.type !== 'volume') return mount
  const anonymous = mount.volume?.anonymous ?? false
  const volume = await context.volumes.acquire(
    {
      ...(mount.volume === undefined
        ? spec.source === undefined
          ? {}
          : { name: spec.source }
        : { name: mount.volume.name }),
      ...(spec.volumeDriver ? { driver: spec.volumeDriver } : {}),
      ...(spec.volumeOptions === undefined ? {} : { options: spec.volumeOptions }),
      labels: { ...spec.volumeLabels },
      ...(anonymous ? { anonymous } : {}),
    },
    id,
  )
  const path = await context.volumePath(volume.name)
  return { ...mount, volume: { name: volume.name, driver: volume.driver, anonymous, path } }
}

export function anonymousVolumes(record: Pick<ContainerRecord, 'mounts'>): string[] {
  return record.mounts.flatMap(({ volume }) => (volume?.anonymous === true ? [volume.name] : []))
}

async function checkDrivers(context: ContainerContext, { drivers, logOptions }: ContainerRecord): Promise<void> {
  if (!context.runtimes.has(drivers.runtime, 'new')) {
    const removed = context.runtimes.has(drivers.runtime) ? ' (it was removed from the assembly)' : ''
    throw codedError('CONTAINER_SPEC_INVALID', `unknown or invalid runtime name: ${drivers.runtime}${removed}`)
  }
  if (drivers.log === noLog) {
    const [option] = Object.keys(logOptions)
    if (option !== undefined) {
      throw codedError('CONTAINER_SPEC_INVALID', `unknown log opt '${option}' for none log driver`)
    }
    return
  }
  if (!context.logs.has(drivers.log, 'new')) {
    const removed = context.logs.has(drivers.log) ? ': it was removed from the assembly' : ''
    throw codedError(
      'CONTAINER_SPEC_INVALID',
      `error looking up logging plugin ${drivers.log}: plugin "${drivers.log}" not found${removed}`,
    )
  }
  await context.logs.get(drivers.log).validate({ options: { ...logOptions } })
}

/** Of several platforms under one name the one asked for. A client that is told that there is none pulls it. */
function findImage({ images }: ContainerContext, { image, platform }: ContainerSpec): ImageFacts {
  if (platform === undefined || platform === '') return images.resolve(image)
  try {
    return images.resolve(image, platform)
  } catch (error) {
    if (!hasCode(error, 'PLATFORM_NOT_FOUND')) throw error
    throw codedError('IMAGE_NOT_FOUND', error.message, { cause: error, details: error.details })
  }
}
