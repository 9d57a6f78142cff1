import { join } from 'node:path'
import type { ContainerContext } from './container-context.ts'
import { ContainerPaths } from './container-paths.ts'
import type { ContainerRecord } from './container-record.ts'
import type { Output, OutputLog } from './ports.ts'

/** Name in place of a log driver for a container whose output is kept nowhere. */
export const noLog = 'none'

/** Folder of FIFOs and spool of a container, or of one of its execs. */
export function outputFolder(context: Pick<ContainerContext, 'folders'>, id: string, execId?: string): string {
  const { data } = new ContainerPaths(context.folders, id)
  return execId === undefined ? join(data, 'io') : join(data, 'exec', execId)
}

/** The output of a container, opened by the first who needs it: an attach that comes before start, or start. */
export function openOutput(context: ContainerContext, record: ContainerRecord): Promise<Output> {
  const live = context.lives.of(record.id)
  live.output ??= open(context, record).catch((error: unknown) => {
    live.output = undefined
    throw error
  })
  return live.output
}

async function open(context: ContainerContext, record: ContainerRecord): Promise<Output> {
  const { spec } = record
  return await context.openOutput({
    id: record.id,
    folder: outputFolder(context, record.id),
    terminal: spec.terminal === true,
    openStdin: spec.openStdin === true,
    stdinOnce: spec.stdinOnce === true,
    ...(record.drivers.log === noLog ? {} : { log: logOf(record) }),
  })
}

/** The log of a container, as its driver must know it. */
export function logOf(record: ContainerRecord): OutputLog {
  const { process } = record
  return {
    driver: record.drivers.log,
    logId: record.id,
    info: {
      options: { ...record.logOptions },
      containerId: record.id,
      containerName: `/${record.name}`,
      entrypoint: process.path,
      args: [...process.args],
      imageId: record.image.id,
      imageName: record.image.reference,
      createdAt: record.createdAt,
      env: [...process.env],
      labels: { ...process.labels },
      daemonName: 'moby',
    },
  }
}

/** Closes the output after a run. */
export async function closeOutput(context: ContainerContext, id: string): Promise<void> {
  await endOutput(context, id, (output) => output.close())
}

/** Undoes an open that no run followed: streams and files go, attachments end. */
export async function discardOutput(context: ContainerContext, id: string): Promise<void> {
  await endOutput(context, id, (output) => output.remove())
}

async function endOutput(context: ContainerContext, id: string, end: (output: Output) => Promise<void>): Promise<void> {
  const live = context.lives.of(id)
  const opened = live.output
  live.output = undefined
  live.inputEnded = false
  try {
    if (opened !== undefined) await end(await opened)
  } catch (error) {
    context.log.warn('the output of a container was not closed', { container: id, error: String(error) })
  }
}
