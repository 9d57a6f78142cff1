import { once } from 'node:events'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { readFrames } from '../../compat/frames.ts'
import { clear, launch, make, sleeper } from '../../compat/scripts/scenery.ts'
import type { Subject } from '../../compat/subject.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { get } from './queries.ts'
import { Wire } from './wire.ts'

export function proveStreams(shared: SharedEngine): void {
  let subject: Subject
  const wires: Wire[] = []
  const sockets: WebSocket[] = []

  beforeAll(async () => {
    subject = shared.subject
    await launch(subject, 'running', { Cmd: sleeper, HostConfig: { NetworkMode: 'none' } })
  })
  afterAll(async () => {
    for (const each of wires) each.destroy()
    for (const each of sockets) each.terminate()
  })

  const open = (path: string, options: { body?: unknown; upgrade?: string }): Wire => {
    const wire = new Wire(subject.facts.socket)
    wires.push(wire)
    wire.send('POST', path, options)
    return wire
  }
  const alone = { HostConfig: { NetworkMode: 'none' } }
  const exec = async (body: Record<string, unknown>, container = 'running'): Promise<string> => {
    const answer = await subject.api('POST', `/containers/${container}/exec`, { AttachStdout: true, ...body })
    return (answer.body as { Id: string }).Id
  }

  it('T14 who attaches before the start has all of the output, of many at once too', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `early-${index}`)
    const outputs = names.map(async (name) => {
      await make(subject, name, { ...alone, Cmd: ['sh', '-c', 'echo first; echo second >&2'] })
      const wire = open(`/v1.51/containers/${name}/attach?stream=1&stdout=1&stderr=1`, { upgrade: 'tcp' })
      expect(await wire.head()).toMatch(/^HTTP\/1\.1 101 UPGRADED/)
      expect((await subject.api('POST', `/containers/${name}/start`)).status).toBe(204)
      return readFrames(await wire.rest()).toSorted()
    })
    for (const output of await Promise.all(outputs)) expect(output).toEqual(['stderr: second\n', 'stdout: first\n'])
    await clear(subject, ...names)
  })

  it('T15 an exec is upgraded with 101 where that is asked for, and answers 200 where not', async () => {
    const start = { Detach: false, Tty: false }
    const upgraded = open(`/v1.51/exec/${await exec({ Cmd: ['echo', 'said'] })}/start`, { body: start, upgrade: 'tcp' })
    expect(await upgraded.head()).toMatch(/^HTTP\/1\.1 101 UPGRADED\r\n/)
    expect((await upgraded.head()).toLowerCase()).toContain('\r\nconnection: upgrade\r\nupgrade: tcp')
    expect(readFrames(await upgraded.rest())).toEqual(['stdout: said\n'])
    const plain = open(`/v1.51/exec/${await exec({ Cmd: ['echo', 'said'] })}/start`, { body: start })
    expect(await plain.head()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect((await plain.head()).toLowerCase()).not.toContain('upgrade')
    expect(readFrames(await plain.rest())).toEqual(['stdout: said\n'])
  })

  it('T15 an exec of a program that is not there tells so, and has a code that says so', async () => {
    const id = await exec({ Cmd: ['no-such-program'] })
    const wire = open(`/v1.51/exec/${id}/start`, { body: { Detach: false, Tty: false }, upgrade: 'tcp' })
    await wire.head()
    expect(String(await wire.rest())).toContain('executable file not found')
    await expect
      .poll(async () => (await subject.api('GET', `/exec/${id}/json`)).body)
      .toMatchObject({ Running: false, ExitCode: 127 })
    const detached = await exec({ Cmd: ['no-such-program'], AttachStdout: false })
    expect(await subject.api('POST', `/exec/${detached}/start`, { Detach: true })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('executable file not found') as string },
    })
    const again = await exec({ Cmd: ['true'], AttachStdout: false })
    expect((await subject.api('POST', `/exec/${again}/start`, { Detach: true })).status).toBe(200)
    await expect
      .poll(async () => (await subject.api('GET', `/exec/${again}/json`)).body)
      .toMatchObject({ Running: false })
    expect((await subject.api('POST', `/exec/${again}/start`, { Detach: true })).status).toBe(409)
    expect((await subject.api('POST', '/exec/none/start', { Detach: true })).status).toBe(404)
  })

  it('T16 logs are framed and have the bytes that were written, no line end more or less', async () => {
    const script = 'printf "a\\nb"; until [ -e /go ]; do sleep 0.05; done; printf "c\\r\\n" >&2; printf d'
    await launch(subject, 'writer', { ...alone, Cmd: ['sh', '-c', script] })
    const begun = async () => String((await subject.raw('GET', '/containers/writer/logs?stdout=1')).bytes)
    // What is read at once has one time: the second line is written when the first has been.
    await expect.poll(begun).toContain('a\n')
    const go = await exec({ Cmd: ['touch', '/go'], AttachStdout: false }, 'writer')
    await subject.api('POST', `/exec/${go}/start`, { Detach: true })
    await subject.api('POST', '/containers/writer/wait')
    const logs = async (query: string) => {
      const { type, bytes } = await subject.raw('GET', `/containers/writer/logs?${query}`)
      expect(type).toBe('application/vnd.docker.multiplexed-stream')
      return readFrames(bytes)
    }
    expect((await logs('stdout=1')).join('|')).toBe('stdout: a\n|stdout: bd')
    expect(await logs('stderr=1')).toEqual(['stderr: c\r\n'])
    expect(await logs('stdout=1&stderr=1&until=1')).toEqual([])
    expect(await logs('stdout=1&until=4000000000')).toEqual(await logs('stdout=1'))
    const [first, second] = await logs('stdout=1&timestamps=1')
    const times = [first, second].map((each) => /^stdout: (\S+Z) /.exec(each ?? '')?.[1] ?? '')
    const between = (Date.parse(times[0] ?? '') + Date.parse(times[1] ?? '')) / 2000
    expect((await logs(`stdout=1&until=${between}`)).join('')).toBe('stdout: a\n')
    expect((await logs(`stdout=1&since=${between}`)).join('')).toBe('stdout: bd')
    await clear(subject, 'writer')
  })

  it('T17 a resize sets height and width, of a container and of an exec', async () => {
    const script = ['sh', '-c', 'trap "stty size" WINCH; stty size; while :; do sleep 0.1; done']
    await launch(subject, 'terminal', { ...alone, Tty: true, OpenStdin: true, Cmd: script })
    const logs = async () => String((await subject.raw('GET', '/containers/terminal/logs?stdout=1')).bytes)
    expect((await subject.api('POST', '/containers/terminal/resize?h=33&w=101')).status).toBe(200)
    await expect.poll(logs).toContain('33 101\r\n')
    await clear(subject, 'terminal')
    const id = await exec({ Cmd: script, Tty: true, AttachStdin: true })
    const wire = open(`/v1.51/exec/${id}/start`, { body: { Detach: false, Tty: true }, upgrade: 'tcp' })
    await wire.bodyWith('\r\n')
    expect((await subject.api('POST', `/exec/${id}/resize?h=44&w=120`)).status).toBe(200)
    expect(String(await wire.bodyWith('44 120'))).toContain('44 120\r\n')
    wire.destroy()
  })

  interface Attached {
    readonly socket: WebSocket
    /** All that came, and the code of the end. */
    readonly said: () => string
    readonly ended: Promise<number>
  }
  const attach = async (name: string, query: string, version = '1.51'): Promise<Attached> => {
    const socket = new WebSocket(`ws+unix:${subject.facts.socket}:/v${version}/containers/${name}/attach/ws?${query}`)
    sockets.push(socket)
    const pieces: string[] = []
    socket.on('message', (data) => pieces.push(String(data as Buffer)))
    const ended = once(socket, 'close').then(([code]) => code as number)
    await once(socket, 'open')
    return { socket, said: () => pieces.join(''), ended }
  }
  const interactive = { ...alone, OpenStdin: true, AttachStdin: true }

  it('who attaches over a WebSocket has the output as it is and gives the input, until the container ends', async () => {
    const Cmd = ['sh', '-c', 'while read line; do echo "out $line"; echo "err $line" >&2; done; echo over']
    await make(subject, 'spoken', { ...interactive, StdinOnce: true, Cmd })
    const { socket, said, ended } = await attach('spoken', 'stream=1&stdin=1&stdout=1&stderr=1')
    await subject.api('POST', '/containers/spoken/start')
    socket.send('one\n')
    await expect.poll(said).toMatch(/^(out one\nerr one\n|err one\nout one\n)$/)
    socket.send(Buffer.from('two\n'))
    // Both, in any order: what is said before the second client comes is not for it.
    await expect.poll(said).toContain('err two\n')
    await expect.poll(said).toContain('out two\n')
    const alone = await attach('spoken', 'stream=1&stdout=1')
    socket.send('three\n')
    await expect.poll(alone.said).toBe('out three\n')
    await subject.api('POST', '/containers/spoken/kill')
    expect([await ended, await alone.ended]).toEqual([1000, 1000])
    const logs = await attach('spoken', 'logs=1&stdout=1')
    expect([await logs.ended, logs.said()]).toEqual([1000, 'out one\nout two\nout three\n'])
    await clear(subject, 'spoken')
  })

  it('the end of a WebSocket is the end of an input that is given once, and detach keys end the WebSocket', async () => {
    await make(subject, 'once', { ...interactive, StdinOnce: true, Cmd: ['sh', '-c', 'cat; exit 5'] })
    const first = await attach('once', 'stream=1&stdin=1&stdout=1')
    await subject.api('POST', '/containers/once/start')
    first.socket.send('heard')
    await expect.poll(first.said).toBe('heard')
    first.socket.close()
    expect((await subject.api('POST', '/containers/once/wait')).body).toMatchObject({ StatusCode: 5 })
    await launch(subject, 'terminal', { ...interactive, Tty: true, Cmd: ['cat'] })
    const typed = await attach('terminal', `stream=1&stdin=1&stdout=1&detachKeys=${encodeURIComponent('ctrl-x,y')}`)
    typed.socket.send('a\n')
    await expect.poll(typed.said).toBe('a\r\na\r\n')
    typed.socket.send('\x18y')
    expect(await typed.ended).toBe(1000)
    expect((await get(subject, '/containers/terminal/json'))['State']).toMatchObject({ Running: true })
    await clear(subject, 'once', 'terminal')
  })
}
