import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyBytes, callMs, Yard, type OutsideMode } from './yard.ts'

/** Milliseconds by which a busy host may be late. A call without a deadline of its own would last a minute, or for good. */
const lateMs = 20_000

interface Outcome {
  readonly error: { readonly code: string; readonly message: string } | undefined
  readonly ms: number
}

async function outcomeOf(work: Promise<unknown>): Promise<Outcome> {
  const began = performance.now()
  const error = await work.then(
    () => undefined,
    (failure: unknown) => failure as Outcome['error'],
  )
  return { error, ms: performance.now() - began }
}

/** What a kernel makes of a component in this run mode that misbehaves, in calls and at its start. */
export function proveFaults(mode: OutsideMode): void {
  describe(`a component in mode ${mode} that misbehaves in a call`, () => inCalls(mode))
  describe(`a component in mode ${mode} that misbehaves at its start`, () => atStart(mode))
}

function inCalls(mode: OutsideMode): void {
  let yard: Yard
  beforeAll(async () => {
    yard = await Yard.open(mode)
    await yard.boot()
  })
  afterAll(() => yard.close())

  const get = (name: string) => outcomeOf(yard.faulty.get({ name }))
  const title = 'faulty (testing/misbehaving 1.0.0)'

  const returns = () => yard.lines.filter(({ message }) => message === 'is back').length

  /** What is to end the component, and its next life. */
  async function ends(work: () => Promise<Outcome>): Promise<Outcome> {
    const before = returns()
    const outcome = await work()
    await expect.poll(returns).toBe(before + 1)
    return outcome
  }

  it('D2 and hangs is left at the deadline, by name, method and time, while others serve', async () => {
    const hanging = get('hang')
    expect(await yard.sound.list({})).toEqual({ volumes: [] })
    expect(await yard.faulty.get({ name: 'v' })).toEqual({ volume: { name: 'v' } })
    const { error, ms } = await hanging
    expect(error).toMatchObject({
      code: 'WIRE_DEADLINE',
      message: `${title}: storage.volume get: no answer within ${callMs} ms`,
    })
    expect(ms).toBeLessThan(callMs + lateMs)
  })

  it('D3 and breaks off is asked again where the method is idempotent, and told as unknown where it is not', async () => {
    expect(await yard.faulty.get({ name: 'cut-once' })).toEqual({ volume: { name: 'cut-once' } })
    expect(await yard.calls('cut-once')).toEqual(['get cut-once', 'get cut-once'])
    const { error } = await outcomeOf(yard.faulty.remove({ name: 'cut' }))
    expect(error).toMatchObject({
      code: 'DRIVER_LOST',
      message: `${title} ended or broke off during storage.volume remove; whether it was carried out is not known`,
    })
    expect(await yard.calls('cut')).toEqual(['remove cut'])
  })

  it('D3 and ends in a call is lost for that call, away for the next, and back by itself', async () => {
    const { error } = await ends(() => outcomeOf(yard.faulty.remove({ name: 'exit' })))
    expect(error).toMatchObject({ code: 'DRIVER_LOST' })
    expect(await yard.faulty.get({ name: 'v' })).toEqual({ volume: { name: 'v' } })
    expect(yard.lines.map(({ message }) => message)).toContain('went away')
  })

  it.each([
    ['html', 'not JSON: "<html>nginx nginx ', ' and 413 bytes more'],
    ['bytes', 'not JSON: "\\u0000\\u001b[31m\\u0007"', ''],
    ['half', 'not JSON: "{\\"volume\\":{\\"name\\":"', ''],
    ['empty', 'an empty body', ''],
    ['other-shape', '/volume must be object', ''],
    ['deep', 'nested deeper than 64 levels', ''],
    ['strange-error', 'answer with status 500: not JSON: "Internal Server Error"', ''],
  ])('D5 and answers %s is told as such, with how the answer begins', async (name, words, end) => {
    const { error } = await get(name)
    expect(error).toMatchObject({ code: 'WIRE_RESPONSE_INVALID' })
    expect(error?.message).toContain(`${title}: storage.volume get`)
    expect(error?.message).toContain(words)
    expect(error?.message.length).toBeLessThan(500)
    expect(error?.message.endsWith(end)).toBe(true)
  })

  it('D5 and tells another type of content than it sends is read by its content', async () => {
    expect(await yard.faulty.get({ name: 'text-type' })).toEqual({ volume: { name: 'text-type' } })
  })

  it.each(['huge', 'endless'])('D6 and sends an answer that is %s is cut at the limit', async (name) => {
    const before = process.memoryUsage().rss
    const { error } = await get(name)
    expect(error).toMatchObject({ code: 'WIRE_TOO_LARGE' })
    expect(error?.message).toContain(`where ${bodyBytes} are allowed`)
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
  })

  it('D7 and sends a byte at a time is left at the deadline of the whole call', async () => {
    const { error, ms } = await get('slow')
    expect(error).toMatchObject({ code: 'WIRE_DEADLINE' })
    expect(ms).toBeLessThan(callMs + lateMs)
  })

  it('D8 and is newer may answer more than is known', async () => {
    expect(await yard.faulty.get({ name: 'newer' })).toMatchObject({ volume: { name: 'newer' } })
  })

  it('D10 and cannot do what it claims is an error of that call alone', async () => {
    expect((await outcomeOf(yard.faulty.usage({ name: 'unable' }))).error).toMatchObject({ code: 'NOT_SUPPORTED' })
    expect((await outcomeOf(yard.faulty.usage({ name: 'missing' }))).error).toMatchObject({
      code: 'WIRE_RESPONSE_INVALID',
      message: expect.stringContaining('answer with status 404: not JSON: "no such page"') as string,
    })
    expect(await yard.faulty.get({ name: 'v' })).toEqual({ volume: { name: 'v' } })
    expect(yard.member.status).toBe('ready')
  })

  it('D11 and reaches for more than it was granted finds what its run mode leaves it', async () => {
    process.env['MOBY_TEST_SECRET'] = 'x'
    const { volume } = await yard.faulty.get({ name: 'reach' })
    delete process.env['MOBY_TEST_SECRET']
    const reach = volume.status as { capabilities: string; hostFiles: boolean; links: string[]; environment: string[] }
    expect(reach.environment).not.toContain('MOBY_TEST_SECRET')
    // A process is no fence: only a container is.
    if (mode === 'container') {
      expect(reach).toMatchObject({ capabilities: '0000000000000000', hostFiles: false, links: [] })
    }
  })

  it('D17 and fails where nobody hears it ends alone, and is started again', async () => {
    const { error } = await ends(() => outcomeOf(yard.faulty.remove({ name: 'reject' })))
    expect(error).toMatchObject({ code: 'DRIVER_LOST' })
  })

  it('D17 and loops without end is ended by its watchdog, and started again', async () => {
    const { error } = await ends(() => get('loop'))
    expect(['WIRE_DEADLINE', 'DRIVER_LOST']).toContain(error?.code)
    const reasons = () => yard.lines.filter(({ message }) => message === 'went away').map(({ fields }) => fields)
    await expect
      .poll(reasons)
      .toContainEqual(expect.objectContaining({ reason: expect.stringContaining('did not answer') as string }))
    expect(await yard.faulty.get({ name: 'v' })).toEqual({ volume: { name: 'v' } })
  })

  it('D21 and answers for another call, or once more, is not believed, and that is told', async () => {
    const { error } = await get('other-id')
    expect(error).toMatchObject({
      code: 'WIRE_RESPONSE_INVALID',
      message: expect.stringContaining('the answer is that of another call, that-of-another') as string,
    })
    const unasked = () => yard.lines.filter(({ fields }) => JSON.stringify(fields).includes('nobody asked for')).length
    const before = unasked()
    let asked = 0
    // Where the second answer meets a question for health on its connection, it is not told as one too many.
    const askTwice = async () => {
      asked += 1
      expect(await yard.faulty.get({ name: 'twice' })).toEqual({ volume: { name: 'twice' } })
      await sleep(100)
      return unasked() - before
    }
    await expect.poll(askTwice).toBeGreaterThan(0)
    expect(await yard.faulty.get({ name: 'v' })).toEqual({ volume: { name: 'v' } })
    expect(unasked() - before).toBeLessThanOrEqual(asked)
  })

  it('D18 leaks nothing at its caller over thousands of calls, good and bad', async () => {
    const names = ['v', 'html', 'cut-once', 'v', 'unable', 'other-id', 'v']
    const round = (count: number) =>
      Promise.all(Array.from({ length: count }, (_, at) => get(names[at % names.length] ?? 'v')))
    const descriptors = () => readdirSync('/proc/self/fd').length
    await round(200)
    const before = { files: descriptors(), resources: process.getActiveResourcesInfo().length }
    for (let rounds = 0; rounds < Number(process.env['MOBY_SOAK_ROUNDS'] ?? 8); rounds++) await round(200)
    await expect.poll(descriptors).toBeLessThan(before.files + 20)
    await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThan(before.resources + 20)
  })

  it('D22 and lives in another time changes no measure of the engine', async () => {
    expect((await yard.faulty.get({ name: 'skewed' })).volume.createdAt).toBe('2099-01-01T00:00:00Z')
    expect(yard.member.startMs).toBeGreaterThan(0)
    expect(yard.member.startMs).toBeLessThan(60_000)
  })
}

function atStart(mode: OutsideMode): void {
  let yard: Yard
  beforeAll(async () => {
    yard = await Yard.open(mode)
  })
  afterAll(() => yard.close())

  it('D1 and never answers the handshake costs the start its own deadline, and is told with it', async () => {
    await yard.boot('mute', 1_500)
    expect(yard.member).toMatchObject({
      status: 'away',
      reason: expect.stringContaining('did not serve within 1500 ms') as string,
    })
    expect(await yard.sound.list({})).toEqual({ volumes: [] })
    // Who calls it does not wait for another start.
    const { error, ms } = await outcomeOf(yard.faulty.list({}))
    expect(error).toMatchObject({ code: 'DRIVER_AWAY' })
    expect(ms).toBeLessThan(1_500)
    await yard.stop()
  })

  it('D8 and speaks another version is refused with both, and a newer one that fits is taken', async () => {
    await yard.boot('major')
    expect(yard.member.reason).toContain('serves storage.volume 1.0.0, 0.1.0 is needed')
    await yard.stop()
    await yard.boot('newer')
    expect(yard.member.status).toBe('ready')
    await yard.stop()
  })
}
