import type { EngineProcess } from '../e2e/engine-process.ts'

/** Ways in which a container comes and goes; each cycle takes the next. */
const ways = ['waited for', 'removed by itself', 'removed while it runs', 'stopped and removed'] as const

/**
 * Makes, starts and removes so many containers, `parallel` of them at a time, each with a network, a published port, a
 * volume of its own and some output. Fails with the first answer that is not the right one.
 */
export async function runCycles(engine: EngineProcess, count: number, parallel = 8): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) {
      const at = next
      next += 1
      await cycle(engine, ways[at % ways.length] ?? 'waited for')
    }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
}

async function cycle(engine: EngineProcess, way: (typeof ways)[number]): Promise<void> {
  const insist = async (allowed: readonly number[], method: string, path: string, body?: object) => {
    const answer = await engine.request(method, path, body === undefined ? undefined : JSON.stringify(body))
    if (allowed.includes(answer.status)) return answer.body
    throw new Error(`${way}: ${method} ${path} answered ${answer.status}: ${answer.body}`)
  }
  const isShort = way === 'waited for' || way === 'removed by itself'
  const made = await insist([201], 'POST', '/containers/create', {
    Image: 'busybox',
    Cmd: isShort ? ['sh', '-c', 'echo said; exit 3'] : ['sleep', '600'],
    Volumes: { '/data': {} },
    ExposedPorts: { '80/tcp': {} },
    HostConfig: { PublishAllPorts: true, AutoRemove: way === 'removed by itself' },
  })
  const path = `/containers/${(JSON.parse(made) as { Id: string }).Id}`
  if (way === 'removed by itself') {
    const removed = insist([200], 'POST', `${path}/wait?condition=removed`)
    // The wait must stand before the start; its head is told at once, and this asks again behind it.
    await insist([200], 'GET', `${path}/json`)
    await insist([204], 'POST', `${path}/start`)
    await removed
    return
  }
  await insist([204], 'POST', `${path}/start`)
  if (way === 'waited for') {
    const ended = await insist([200], 'POST', `${path}/wait`)
    if (!ended.includes('"StatusCode":3')) throw new Error(`${way}: ${ended}`)
  }
  if (way === 'stopped and removed') await insist([204], 'POST', `${path}/stop?t=0`)
  await insist([204], 'DELETE', `${path}?v=1${way === 'removed while it runs' ? '&force=1' : ''}`)
}
