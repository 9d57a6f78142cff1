import { setTimeout } from 'node:timers/promises'
import type { ContainerContext } from '../containers/container-context.ts'
import { tell } from '../containers/container-events.ts'
import type { ContainerRecord } from '../containers/container-record.ts'
import { randomBytes } from 'node:crypto'
import type { ExecState } from '../exec/exec-state.ts'
import { runExec } from '../exec/run-exec.ts'
import { HealthMonitor } from './health-monitor.ts'

const outputLimit = 4096

/** Begins to watch the health of a container that has just started, where it has a check. */
export function watchHealth(context: ContainerContext, id: string): void {
  const record = context.store.current(id)
  const check = record.process.healthcheck
  const command = check === undefined ? undefined : probeCommand(check.test)
  if (check === undefined || command === undefined) return
  const live = context.lives.of(id)
  live.health?.stop()
  live.health = new HealthMonitor({
    check,
    probe: (timeoutMs) => probe(context, context.store.current(id), command, timeoutMs),
    onProbe: (isHealthy) => context.metrics.countHealthCheck(isHealthy),
    onChange: (status) => tell(context, context.store.get(id) ?? record, `health_status: ${status}`),
  })
}

/** The command of a test: `CMD` runs words, `CMD-SHELL` a line; `NONE` and an empty one run nothing. */
export function probeCommand(test: readonly string[]): string[] | undefined {
  const [kind, ...words] = test
  if (kind === 'CMD') return words
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', words.join(' ')] : undefined
}

async function probe(context: ContainerContext, record: ContainerRecord, command: string[], timeoutMs: number) {
  const exec: ExecState = {
    id: randomBytes(32).toString('hex'),
    containerId: record.id,
    spec: { command, attachStdout: true, attachStderr: true },
    status: 'starting',
    pid: 0,
    ended: Promise.withResolvers<number>(),
  }
  const begun = performance.now()
  const { attachment } = await runExec(context, record, exec, undefined)
  context.metrics.observeHealthStart((performance.now() - begun) / 1000)
  const output = collect(attachment.output)
  const late = new AbortController()
  try {
    const inTime = await Promise.race([
      exec.ended.promise,
      setTimeout(timeoutMs, undefined, { ref: false, signal: late.signal }).catch(() => undefined),
    ])
    if (inTime !== undefined) return { exitCode: inTime, output: await output }
    await context.runtimes.get(record.drivers.runtime).kill({ id: record.id, execId: exec.id, signal: 9 })
    return undefined
  } finally {
    late.abort()
    attachment.close()
  }
}

async function collect(chunks: AsyncIterable<{ data: Uint8Array }>): Promise<string> {
  const taken: Uint8Array[] = []
  let length = 0
  for await (const { data } of chunks) {
    if (length < outputLimit) taken.push(data.subarray(0, outputLimit - length))
    length += data.length
  }
  return Buffer.concat(taken).toString()
}
