import type { Container, LogBatch, LogRecord } from '@moby/contracts'
import { outputType } from '../../compat/shapes.ts'
import type { ApiRequest, Route } from '../../server/route.ts'
import { frontendOf } from '../../shapes/frontend.ts'
import { invalidRequest } from '../../wire/api-error.ts'
import { LineFrames } from '../../wire/line-frames.ts'
import { readMoment, readRfc3339, writeFixed, writeRfc3339 } from '../../wire/moment.ts'
import { containerRef } from './container-ref.ts'

export const containerLogs: Route = {
  method: 'GET',
  path: '/containers/{name}/logs',
  async handle(request) {
    const wanted = readLogRequest(request)
    await request.allow('containers.logs', wanted)
    const container = await request.trusted.containers.inspect({ ref: wanted.ref })
    const terminal = container.spec.terminal === true
    const batches = request.trusted.containers.logs(wanted, { signal: request.signal })
    // Without follow the first records, or the end, comes at once: an unreadable log is an ordinary error.
    const iterator = batches[Symbol.asyncIterator]()
    const early = wanted.follow === true ? undefined : await iterator.next()
    return {
      kind: 'stream',
      status: 200,
      headers: { 'content-type': outputType(request.version, terminal) },
      body: writeLines(early, iterator, new LineFrames({ framed: !terminal, front: frontWriter(request, container) })),
    }
  },
}

function readLogRequest(request: ApiRequest) {
  const { query } = request
  const [stdout, stderr] = [query.bool('stdout'), query.bool('stderr')]
  if (!stdout && !stderr) throw invalidRequest('Bad parameters: you must choose at least one stream')
  const tail = /^\d{1,15}$/.test(query.text('tail')) ? Number(query.text('tail')) : undefined
  const since = query.text('since') === '0' ? undefined : readMoment(query.text('since'))
  const until = query.text('until') === '0' ? undefined : readMoment(query.text('until'))
  return {
    ref: containerRef(request),
    stdout,
    stderr,
    ...(query.bool('follow') ? { follow: true } : {}),
    ...(tail === undefined ? {} : { tail }),
    ...(since === undefined ? {} : { since: writeRfc3339(since) }),
    ...(until === undefined ? {} : { until: writeRfc3339(until) }),
  }
}

async function* writeLines(
  early: IteratorResult<LogBatch> | undefined,
  iterator: AsyncIterator<LogBatch>,
  frames: LineFrames,
): AsyncGenerator<Uint8Array> {
  try {
    for (let next = early ?? (await iterator.next()); next.done !== true; next = await iterator.next()) {
      yield frames.write(next.value)
    }
  } finally {
    await iterator.return?.()
  }
}

/** What stands in front of a line where the request asks for it: its time, and attributes of the container. */
function frontWriter(request: ApiRequest, container: Container): ((record: LogRecord) => string) | undefined {
  const timestamps = request.query.bool('timestamps')
  const attributes = request.query.bool('details') ? `${logAttributes(container)} ` : ''
  if (!timestamps) return attributes === '' ? undefined : () => attributes
  return ({ time }) => `${writeFixed(readRfc3339(time) ?? 0n)} ${attributes}`
}

/** Labels and variables that the log options `labels` and `env` name, as a query writes them. */
function logAttributes(container: Container): string {
  const options = frontendOf(container)?.hostConfig.LogConfig?.Config ?? container.spec.logOptions ?? {}
  const words = (key: string) => (options[key] ?? '').split(',').filter((word) => word !== '')
  const environment = new Map(container.process.env.map((entry) => entry.split(/=(.*)/s, 2) as [string, string]))
  const found = [
    ...words('labels').map((name) => [name, container.process.labels[name]] as const),
    ...words('env').map((name) => [name, environment.get(name)] as const),
  ]
  return found
    .filter((pair): pair is [string, string] => pair[1] !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => new URLSearchParams([[name, value]]).toString())
    .join(',')
}
