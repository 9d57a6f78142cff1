import { codedError, hasCode, type engineContainers, type ItemOf, type RequestOf } from '@moby/contracts'
import type { ContainerContext } from './container-context.ts'
import { noLog } from './open-output.ts'
import { resumeLog } from './resume-log.ts'

type Request = RequestOf<typeof engineContainers, 'logs'>
type Item = ItemOf<typeof engineContainers, 'logs'>

/** What the log driver kept of a container, and with `follow` what comes until its run ends. */
export async function* readLogs(
  context: ContainerContext,
  request: Request,
  signal?: AbortSignal,
): AsyncIterable<Item> {
  const record = context.store.find(request.ref)
  const driver = record.drivers.log === noLog ? undefined : context.logs.get(record.drivers.log)
  const isReadable = driver !== undefined && (await driver.capabilities({})).read
  if (!isReadable) {
    throw codedError('LOG_NOT_READABLE', 'configured logging driver does not support reading', {
      details: { driver: record.drivers.log },
    })
  }
  const isLive = context.lives.of(record.id).output !== undefined || record.status === 'restarting'
  const streams = [...(request.stdout ? ['stdout' as const] : []), ...(request.stderr ? ['stderr' as const] : [])]
  const { since, until, tail } = request
  try {
    yield* resumeLog(
      driver,
      {
        log: record.id,
        streams,
        ...(since === undefined ? {} : { since }),
        ...(until === undefined ? {} : { until }),
        ...(tail === undefined ? {} : { tail }),
        ...(request.follow === true && isLive ? { follow: true } : {}),
      },
      signal,
    )
  } catch (error) {
    // A container that was never started has no log yet.
    if (!hasCode(error, 'LOG_NOT_FOUND')) throw error
  }
}
