import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTar } from '../../../plugins/lib/tar/testing/make-tar.ts'
import type { EngineProcess } from '../engine-process.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { asker, launch, messages, type Ask } from '../traps/ask.ts'
import { filters } from '../traps/queries.ts'
import { Wire } from '../traps/wire.ts'

const none = { NetworkMode: 'none' }
/** MiB that the engine may grow by for what a client does not read. */
const growth = 80

export function proveLivesAndStreams(shared: SharedEngine): void {
  let engine: EngineProcess
  let ask: Ask
  const wires: Wire[] = []
  const sockets: Socket[] = []

  beforeAll(async () => {
    engine = shared.engine
    ask = asker(engine)
    await launch(ask, 'up')
  })
  afterAll(async () => {
    for (const each of [...wires, ...sockets]) each.destroy()
  })

  const open = async (method: string, path: string): Promise<Wire> => {
    const wire = new Wire(engine.socket)
    wires.push(wire)
    wire.send(method, path)
    expect(await wire.head()).toMatch(/^HTTP\/1\.1 200 /)
    return wire
  }
  /** A client that asks and then never reads, or not before it is told to. */
  const deaf = async (request: string): Promise<Socket> => {
    const socket = connect(engine.socket).pause()
    sockets.push(socket)
    await once(socket, 'connect')
    socket.write(`${request} HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`)
    return socket
  }
  const state = async (name: string) =>
    (await ask('GET', `/containers/${name}/json`)).body['State'] as Record<string, unknown>
  const listeners = async () => (await ask('GET', '/info')).body['NEventsListener']
  const stat = (pid: number) =>
    readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
  /** Hundredths of a second that the engine has computed. */
  const computed = () => Number(stat(engine.pid)[11]) + Number(stat(engine.pid)[12])
  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${engine.pid}/status`, 'utf8'))?.[1]) / 1024
  const isRunning = (words: string) =>
    readdirSync('/proc').some((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(words)
      } catch {
        return false
      }
    })

  it('C14 who waits for the next exit before the start has the code of a life that is over at once', async () => {
    const codes = [1, 2, 3, 4, 5, 126, 200, 255]
    const ends = codes.map(async (code) => {
      await ask('POST', `/containers/create?name=code-${code}`, {
        Image: 'busybox',
        Cmd: ['sh', '-c', `exit ${code}`],
        HostConfig: { ...none, AutoRemove: code % 2 === 1 },
      })
      const wait = await open('POST', `/containers/code-${code}/wait?condition=next-exit`)
      expect((await ask('POST', `/containers/code-${code}/start`)).status).toBe(204)
      return /"StatusCode":(\d+)/.exec(String(await wait.bodyWith('StatusCode')))?.[1]
    })
    expect(await Promise.all(ends)).toEqual(codes.map(String))
    for (const code of codes) await ask('DELETE', `/containers/code-${code}?force=1`)
  })

  it('C15 a thousand starts, stops and removals of one container at once are done one after another', async () => {
    await ask('POST', '/containers/create?name=hunted', { Image: 'busybox', Cmd: ['sleep', '600'], HostConfig: none })
    const told = await open('GET', `/events?${filters({ container: ['hunted'], event: ['start', 'die', 'destroy'] })}`)
    const send = async (verb: string) => {
      const removes = verb.startsWith('?')
      const { status } = await ask(removes ? 'DELETE' : 'POST', `/containers/hunted${removes ? verb : `/${verb}`}`)
      return `${verb} ${status}`
    }
    const blocks = (verbs: readonly string[], times: number) =>
      verbs.flatMap((verb) => Array.from({ length: times }, async () => await send(verb)))
    const lives = ['start', 'stop?t=0', 'start', 'kill', 'start', 'stop?t=0', 'start', 'restart?t=0']
    const answers = await Promise.all(blocks(lives, 100))
    const { Running, Pid, Status } = await state('hunted')
    expect([Status, Number(Pid) > 0]).toEqual([Running === true ? 'running' : 'exited', Running])
    answers.push(...(await Promise.all(blocks(['start', '?v=1', 'stop?t=0', '?force=1'], 50))))
    expect(answers).toHaveLength(1000)
    const allowed = /^(start|stop\?t=0|restart\?t=0|kill|\?v=1|\?force=1) (204|304|404|409)$/
    expect(answers.filter((each) => !allowed.test(each))).toEqual([])
    expect((await ask('GET', '/containers/hunted/json')).status).toBe(404)
    const text = String(await told.bodyWith('"Action":"destroy"'))
    const actions = [...text.matchAll(/"Action":"(\w+)"/g)].map(([, action]) => action)
    const turns = Array.from({ length: actions.length - 1 }, (_, at) => (at % 2 === 0 ? 'start' : 'die'))
    expect(actions).toEqual([...turns, 'destroy'])
    told.destroy()
    // What started it is told once for each; of several restarts at once one may start it for all.
    const told204 = (verb: string) => answers.filter((each) => each === `${verb} 204`).length
    const starts = actions.filter((action) => action === 'start').length - told204('start')
    expect([starts >= 0, starts <= told204('restart?t=0')]).toEqual([true, true])
  })

  it('C16 what a client asked for ends when it goes: events, stats, logs, waits and attachments', async () => {
    // That of an earlier test goes when the engine has noticed.
    await expect.poll(listeners).toBe(0)
    const asked = ['GET /events', 'GET /containers/up/stats', 'GET /containers/up/logs?stdout=1&follow=1']
    const streams = await Promise.all(
      [...asked, 'POST /containers/up/wait', 'POST /containers/up/attach?stream=1&stdout=1'].map(async (each) => {
        const [method = '', path = ''] = each.split(' ')
        return await open(method, path)
      }),
    )
    expect(await listeners()).toBe(1)
    for (const each of streams) each.destroy()
    await expect.poll(listeners).toBe(0)
    // At rest it takes next to nothing of a second.
    await expect.poll(async () => await within(500, computed), { timeout: 60_000 }).toBeLessThan(5)
  })

  it('C16 a pull ends when its client goes: the registry is let go', async () => {
    const held: Socket[] = []
    const registry = createServer((request, answer) => {
      // It tells its version, and never the manifest.
      if (request.url === '/v2/') answer.end('{}')
      else held.push(request.socket)
    }).listen(0, '127.0.0.1')
    await once(registry, 'listening')
    const { port } = registry.address() as AddressInfo
    const client = await deaf(`POST /images/create?fromImage=127.0.0.1:${port}/slow/image&tag=1`)
    await expect.poll(() => held.length).toBeGreaterThan(0)
    client.destroy()
    await expect.poll(() => held.every((each) => each.destroyed)).toBe(true)
    registry.close()
  })

  it('C16 a build ends when its client goes: its step too', async () => {
    const context = makeTar([{ name: 'Dockerfile', content: 'FROM busybox\nRUN sleep 43210\n' }])
    const client = connect(engine.socket)
    sockets.push(client)
    const head = `POST /build?t=never HTTP/1.1\r\nHost: d\r\nContent-Type: application/x-tar\r\n`
    client.write(`${head}Content-Length: ${context.length}\r\n\r\n`)
    client.write(context)
    await expect.poll(() => isRunning('sleep\x0043210')).toBe(true)
    client.destroy()
    await expect.poll(() => isRunning('sleep\x0043210')).toBe(false)
    await expect.poll(async () => (await ask('GET', '/containers/json?all=1')).body.length).toBe(1)
    expect((await ask('GET', '/images/never/json')).status).toBe(404)
  })

  it('C17 followers of logs that never read cost neither memory nor the container its time', async () => {
    const line = 'x'.repeat(1023)
    await ask('POST', '/containers/create?name=noisy', {
      Image: 'busybox',
      Cmd: ['sh', '-c', `yes ${line} | head -c 67108864`],
      HostConfig: { ...none, LogConfig: { Type: 'json-file', Config: { 'max-size': '5m', 'max-file': '2' } } },
    })
    const before = memory()
    expect((await ask('POST', '/containers/noisy/start')).status).toBe(204)
    await Promise.all([1, 2, 3].map(async () => await deaf('GET /containers/noisy/logs?stdout=1&follow=1')))
    expect((await ask('POST', '/containers/noisy/wait')).body).toEqual({ StatusCode: 0 })
    expect(memory() - before).toBeLessThan(growth)
    expect((await ask('GET', '/_ping')).status).toBe(200)
    await ask('DELETE', '/containers/noisy?force=1')
  })

  it('C17 an attachment that is not read holds its container back, until its client goes', async () => {
    await ask('POST', '/containers/create?name=held', {
      Image: 'busybox',
      Cmd: ['sh', '-c', 'head -c 33554432 /dev/zero; exit 4'],
      Tty: false,
      HostConfig: none,
    })
    const before = memory()
    const client = await deaf('POST /containers/held/attach?stream=1&stdout=1')
    // Until it has its answer it is not attached.
    await once(client, 'readable')
    expect((await ask('POST', '/containers/held/start')).status).toBe(204)
    const wait = ask('POST', '/containers/held/wait')
    expect((await ask('GET', '/containers/held/json')).status).toBe(200)
    client.destroy()
    expect((await wait).body).toEqual({ StatusCode: 4 })
    expect(memory() - before).toBeLessThan(growth)
    await ask('DELETE', '/containers/held')
  })

  it('C17 who does not read events loses the oldest, and has the newest when it reads again', async () => {
    // An event tells all labels: some hundred of these fill what the kernel holds for a client, and 1,024 wait behind them.
    await launch(ask, 'sized', { Tty: true, Cmd: ['cat'], OpenStdin: true, Labels: { long: 'x'.repeat(8192) } })
    const client = await deaf(`GET /events?${filters({ container: ['sized'] })}`)
    await expect.poll(listeners).toBe(1)
    const sizes = Array.from({ length: 1300 }, (_, at) => at)
    for (let at = 0; at < sizes.length; at += 100) {
      const some = sizes.slice(at, at + 100)
      await Promise.all(some.map(async (h) => await ask('POST', `/containers/sized/resize?h=${h}&w=80`)))
    }
    let text = ''
    client.on('data', (chunk: Buffer) => (text += chunk.toString())).resume()
    await ask('POST', '/containers/sized/kill')
    await expect.poll(() => text).toContain('"Action":"die"')
    const heard = messages(text.slice(text.indexOf('{')).replaceAll(/\r\n[0-9a-f]*\r\n/g, '')).length
    expect(heard).toBeLessThan(sizes.length)
    client.destroy()
    await ask('DELETE', '/containers/sized?force=1')
  })
}

/** What a count grows by within so many milliseconds. */
async function within(milliseconds: number, count: () => number): Promise<number> {
  const before = count()
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  return count() - before
}
