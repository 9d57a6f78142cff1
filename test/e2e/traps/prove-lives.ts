import { afterAll, beforeAll, expect, it } from 'vitest'
import { readFrames } from '../../compat/frames.ts'
import { clear, launch, make, sleeper } from '../../compat/scripts/scenery.ts'
import type { Subject } from '../../compat/subject.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { filters, get } from './queries.ts'
import { Wire } from './wire.ts'

interface Event {
  readonly Type: string
  readonly Action: string
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> }
  readonly time: number
  readonly timeNano: number
}

export function proveLives(shared: SharedEngine): void {
  let subject: Subject
  const wires: Wire[] = []

  beforeAll(async () => {
    subject = shared.subject
  })
  afterAll(async () => {
    for (const each of wires) each.destroy()
  })

  const open = (method: string, path: string): Wire => {
    const wire = new Wire(subject.facts.socket)
    wires.push(wire)
    wire.send(method, `/v1.51${path}`)
    return wire
  }
  const alone = { HostConfig: { NetworkMode: 'none' } }
  const state = async (name: string) => (await get(subject, `/containers/${name}/json`))['State'] as object
  /** The end that an open wait has told: its status code. */
  const ended = async (wire: Wire) => Number(/"StatusCode":(\d+)/.exec(String(await wire.bodyWith('StatusCode')))?.[1])

  it('T10 events have the actions and attributes of Docker', async () => {
    // To the millisecond: topics before this one have ended containers in this second too.
    const since = (Date.now() / 1000).toFixed(3)
    await launch(subject, 'short', { ...alone, Cmd: ['sh', '-c', 'exit 7'] })
    await subject.api('POST', '/containers/short/wait')
    await clear(subject, 'short')
    await subject.api('POST', '/images/busybox/tag?repo=gone')
    await subject.api('DELETE', '/images/gone')
    await subject.loadBusybox('other:latest', { other: 'yes' })
    await subject.api('DELETE', '/images/other')
    const until = Math.floor(Date.now() / 1000) + 1
    const { body } = await subject.api('GET', `/events?since=${since}&until=${until}`)
    const events = body as Event[]
    const actions = (type: string) => events.filter((each) => each.Type === type).map((each) => each.Action)
    expect(actions('container')).toEqual(['create', 'start', 'die', 'destroy'])
    expect(actions('image').slice(-3)).toEqual(['load', 'untag', 'delete'])
    const die = events.find((each) => each.Action === 'die')
    expect(die?.Actor.Attributes).toMatchObject({ exitCode: '7', image: 'busybox', name: 'short' })
    for (const { time, timeNano } of events) expect(Math.floor(timeNano / 1e9)).toBe(time)
  })

  it('T10 events answer their headers before anything happens', async () => {
    const wire = open('GET', `/events?${filters({ container: ['nobody'] })}`)
    expect(await wire.head()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(wire.body.toString()).toBe('')
  })

  it('T11 who waits for the start of a container by its label is told', async () => {
    const filter = { event: ['start'], label: ['devcontainer.local_folder=/work'], type: ['container'] }
    const wire = open('GET', `/events?${filters(filter)}`)
    await wire.head()
    const id = await launch(subject, 'dev', {
      ...alone,
      Cmd: sleeper,
      Labels: { 'devcontainer.local_folder': '/work' },
    })
    const text = String(await wire.bodyWith('}\n'))
    const event = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) as Event
    expect(event).toMatchObject({ status: 'start', id, Type: 'container', Action: 'start', Actor: { ID: id } })
    await clear(subject, 'dev')
  })

  it('T12 a wait for the next exit or the removal ends then, not before, with the code', async () => {
    await launch(subject, 'waited', { ...alone, Cmd: ['sh', '-c', 'exit 3'] })
    expect(await subject.api('POST', '/containers/waited/wait')).toMatchObject({ body: { StatusCode: 3 } })
    const next = open('POST', '/containers/waited/wait?condition=next-exit')
    const removed = open('POST', '/containers/waited/wait?condition=removed')
    for (const wire of [next, removed]) expect(await wire.head()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(await subject.api('POST', '/containers/waited/wait?condition=not-running')).toMatchObject({
      body: { StatusCode: 3 },
    })
    expect([next.body.includes('StatusCode'), removed.body.includes('StatusCode')]).toEqual([false, false])
    await subject.api('POST', '/containers/waited/start')
    expect(await ended(next)).toBe(3)
    expect(removed.body.includes('StatusCode')).toBe(false)
    await clear(subject, 'waited')
    expect(await ended(removed)).toBe(3)
  })

  it('T12 a wait on a container that removes itself has its code, and it is gone by then', async () => {
    const HostConfig = { NetworkMode: 'none', AutoRemove: true }
    await make(subject, 'brief', { Cmd: ['sh', '-c', 'exit 5'], HostConfig })
    const removed = open('POST', '/containers/brief/wait?condition=removed')
    const next = open('POST', '/containers/brief/wait?condition=next-exit')
    await Promise.all([removed.head(), next.head()])
    await subject.api('POST', '/containers/brief/start')
    expect(await ended(next)).toBe(5)
    expect(await ended(removed)).toBe(5)
    expect((await subject.api('GET', '/containers/brief/json')).status).toBe(404)
  })

  it('T13, C13 an attach to a container that has ended leaves its state and code', async () => {
    await launch(subject, 'over', { ...alone, Cmd: ['sh', '-c', 'echo last; exit 9'] })
    await subject.api('POST', '/containers/over/wait')
    const before = await state('over')
    const wire = new Wire(subject.facts.socket)
    wires.push(wire)
    wire.send('POST', '/v1.51/containers/over/attach?stream=1&stdout=1&stderr=1&stdin=1', { upgrade: 'tcp' })
    expect(await wire.head()).toMatch(/^HTTP\/1\.1 101 UPGRADED/)
    expect(before).toMatchObject({ Status: 'exited', ExitCode: 9 })
    wire.destroy()
    expect(await state('over')).toEqual(before)
    expect(await subject.api('POST', '/containers/over/wait')).toMatchObject({ body: { StatusCode: 9 } })
    await clear(subject, 'over')
  })

  it('T18 a stop takes 0 as at once and -1 as without an end, and both are accepted', async () => {
    const said = async (name: string) =>
      readFrames((await subject.raw('GET', `/containers/${name}/logs?stdout=1`)).bytes)
    // Before its trap stands the first process of a container never has a signal, or is still the program of the runtime.
    const untilReady = (name: string) => expect.poll(() => said(name)).toEqual(['stdout: ready\n'])
    const deaf = ['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.2; done']
    await launch(subject, 'deaf', { ...alone, Cmd: deaf, StopTimeout: 600 })
    await untilReady('deaf')
    expect((await subject.api('POST', '/containers/deaf/stop?t=0')).status).toBe(204)
    expect(await state('deaf')).toMatchObject({ Status: 'exited', ExitCode: 137 })
    await clear(subject, 'deaf')
    const slow = ['sh', '-c', 'trap "sleep 1.5; exit 4" TERM; echo ready; while :; do sleep 0.1; done']
    await launch(subject, 'slow', { ...alone, Cmd: slow, StopTimeout: 1 })
    await untilReady('slow')
    expect((await subject.api('POST', '/containers/slow/stop?t=-1')).status).toBe(204)
    expect(await state('slow')).toMatchObject({ Status: 'exited', ExitCode: 4 })
    expect((await subject.api('POST', '/containers/slow/stop?t=-1')).status).toBe(304)
    await clear(subject, 'slow')
  })
}
