import { Readable } from 'node:stream'
import {
  codedError,
  type Implementation,
  type logDriver,
  type Logger,
  type LogInfo,
  type LogRecord,
} from '@moby/contracts'
import { frameEntry, logRequests, shape, toReadEntry, type PluginLogInfo } from '@moby/lib-docker-plugin-protocol'
import { FifoReader } from '../log/fifo-reader.ts'
import { method, type ServedMethods } from './method.ts'

/** Milliseconds for what is left in a FIFO when its log ends. */
const endMs = 5_000

/** `LogDriver.*` in front of a log driver; `close` ends what is open. */
export function logMethods(
  driver: Implementation<typeof logDriver>,
  logger: Logger,
): { methods: ServedMethods; close: () => Promise<void> } {
  const readers = new Map<string, { reader: FifoReader; log: string }>()
  const end = async (file: string) => {
    const open = readers.get(file)
    if (open === undefined) return
    readers.delete(file)
    await open.reader.end(endMs)
    await driver.close({ log: open.log })
  }
  const methods: ServedMethods = {
    'LogDriver.Capabilities': method(shape({}), async (_request, signal) => {
      return { Cap: { ReadLogs: (await driver.capabilities({}, { signal })).read }, Err: '' }
    }),
    'LogDriver.StartLogging': method(logRequests.StartLogging, async ({ File, Info }) => {
      const log = logIdOf(Info)
      if (readers.has(File)) throw codedError('LOG_OPTION_INVALID', `The FIFO ${File} is read already`)
      const { position } = await driver.open({ log, info: toInfo(Info) })
      try {
        readers.set(File, { log, reader: await FifoReader.open({ file: File, log, driver, logger, position }) })
      } catch (error) {
        await driver.close({ log })
        throw error
      }
      return { Err: '' }
    }),
    'LogDriver.StopLogging': method(logRequests.StopLogging, async ({ File }) => {
      await end(File)
      return { Err: '' }
    }),
    'LogDriver.ReadLogs': method(logRequests.ReadLogs, async ({ Info, Config }, signal) => {
      const records = driver.read(
        {
          log: logIdOf(Info),
          ...(isSet(Config.Since) ? { since: toUtc(Config.Since) } : {}),
          ...(isSet(Config.Until) ? { until: toUtc(Config.Until) } : {}),
          ...(Config.Tail < 0 ? {} : { tail: Config.Tail }),
          follow: Config.Follow,
        },
        { signal },
      )
      return Readable.from(frames(records))
    }),
  }
  return { methods, close: async () => void (await Promise.all([...readers.keys()].map(end))) }
}

async function* frames(batches: AsyncIterable<readonly LogRecord[]>): AsyncGenerator<Buffer> {
  for await (const records of batches) yield Buffer.concat(records.map((record) => frameEntry(toReadEntry(record))))
}

function logIdOf({ ContainerID }: PluginLogInfo): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/.test(ContainerID)) return ContainerID
  throw codedError('LOG_OPTION_INVALID', `${JSON.stringify(ContainerID.slice(0, 200))} is no id of a container`)
}

function toInfo(info: PluginLogInfo): LogInfo {
  return {
    options: info.Config,
    containerId: info.ContainerID,
    containerName: info.ContainerName,
    entrypoint: info.ContainerEntrypoint,
    args: info.ContainerArgs,
    imageId: info.ContainerImageID,
    imageName: info.ContainerImageName,
    createdAt: toUtc(info.ContainerCreated),
    env: info.ContainerEnv,
    labels: info.ContainerLabels,
    daemonName: info.DaemonName,
  }
}

function isSet(time: string): boolean {
  return time !== '' && !time.startsWith('0001-01-01T')
}

/** Go writes the offset of its own zone; contracts have UTC. The digits of the second stay. */
function toUtc(time: string): string {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.exec(time)
  const at = Date.parse(match === null ? '' : `${match[1]}${match[3]}`)
  if (match === null || Number.isNaN(at)) {
    throw codedError('LOG_OPTION_INVALID', `${JSON.stringify(time)} is no moment in RFC 3339`)
  }
  return `${new Date(at).toISOString().slice(0, 19)}${match[2] ?? ''}Z`
}
