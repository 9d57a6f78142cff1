import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  runningSince,
  supervise,
  supervisionLimits as limits,
  type SupervisionEvent,
  type SupervisionState,
} from './policy.ts'

/** What a component and time do, in the order in which it happens. */
const story = fc.array(
  fc.record({
    event: fc.constantFrom<SupervisionEvent>('ended', 'started', 'answered', 'missed', 'tick', 'tick', 'tick'),
    afterMs: fc.oneof(fc.nat(300), fc.nat(40_000), fc.nat(400_000)),
  }),
  { maxLength: 200 },
)

interface Moment {
  readonly now: number
  readonly before: SupervisionState
  readonly event: SupervisionEvent
  readonly after: SupervisionState
  readonly action: 'start' | 'kill' | undefined
}

function play(events: readonly { readonly event: SupervisionEvent; readonly afterMs: number }[]): Moment[] {
  let now = 0
  let state = runningSince(now, limits)
  return events.map(({ event, afterMs }) => {
    now += afterMs
    const before = state
    const step = supervise(before, event, now, limits)
    state = step.state
    return { now, before, event, after: state, action: step.action }
  })
}

const startsOf = (moments: readonly Moment[]) => moments.filter(({ action }) => action === 'start')

describe('the supervision of a component', () => {
  it('never starts it while it runs, while a start is under way or before its time', () => {
    fc.assert(
      fc.property(story, (events) => {
        for (const { before, now } of startsOf(play(events))) {
          expect(['waiting', 'open']).toContain(before.phase)
          expect(now).toBeGreaterThanOrEqual(before.at)
        }
      }),
    )
  })

  it('keeps within the budget, but for single trials of an open breaker', () => {
    fc.assert(
      fc.property(story, (events) => {
        const moments = startsOf(play(events))
        for (const { now } of moments) {
          const window = moments.filter((each) => each.now <= now && now - each.now < limits.windowMs)
          const trials = window.filter(({ before }) => before.phase === 'open')
          expect(window.length - trials.length).toBeLessThanOrEqual(limits.budget)
          for (const [index, trial] of trials.entries()) {
            const previous = trials[index - 1]
            if (previous !== undefined) expect(trial.now - previous.now).toBeGreaterThanOrEqual(limits.openMs)
          }
        }
      }),
    )
  })

  it('waits twice as long after each failure, up to the longest, and at least the shortest', () => {
    fc.assert(
      fc.property(story, (events) => {
        for (const { before, after, event, now } of play(events)) {
          if (event !== 'ended' || after.phase !== 'waiting' || before.phase === 'waiting') continue
          const delay = after.at - now
          expect(delay).toBeGreaterThanOrEqual(limits.firstDelayMs)
          expect(delay).toBeLessThanOrEqual(limits.longestDelayMs)
          expect(after.delayMs).toBe(Math.min(limits.longestDelayMs, delay * 2))
        }
      }),
    )
  })

  it('begins with the shortest wait again after a minute of health', () => {
    fc.assert(
      fc.property(story, fc.nat(1e6), (events, more) => {
        const last = play(events).at(-1)
        if (last?.after.phase !== 'up') return
        const now = Math.max(last.now, last.after.at + limits.healthyMs) + more
        const { state } = supervise(last.after, 'ended', now, limits)
        if (state.phase === 'waiting') expect(state.at).toBe(now + limits.firstDelayMs)
      }),
    )
  })

  it('always comes to another start when time goes on, whatever has happened', () => {
    fc.assert(
      fc.property(story, (events) => {
        const last = play(events).at(-1)
        if (last === undefined || !['waiting', 'open'].includes(last.after.phase)) return
        expect(last.after.at - last.now).toBeLessThanOrEqual(Math.max(limits.openMs, limits.longestDelayMs))
        expect(supervise(last.after, 'tick', last.after.at, limits).action).toBe('start')
      }),
    )
  })

  it('is over with a stop', () => {
    fc.assert(
      fc.property(story, story, (events, later) => {
        const last = play(events).at(-1)?.after ?? runningSince(0, limits)
        let { state } = supervise(last, 'stop', 0, limits)
        for (const { event } of later) {
          const step = supervise(state, event, 1e12, limits)
          expect(step.action).toBeUndefined()
          state = step.state
        }
      }),
    )
  })

  it('ends a component at the third question in a row that it does not answer', () => {
    const actions = play(
      ['missed', 'missed', 'answered', 'missed', 'missed', 'missed'].map((event) => ({
        event: event as SupervisionEvent,
        afterMs: 5_000,
      })),
    ).map(({ action }) => action)
    expect(actions).toEqual([undefined, undefined, undefined, undefined, undefined, 'kill'])
  })

  it('opens the breaker after ten starts, tries once after five minutes, and opens again at the next end', () => {
    let now = 0
    let state = runningSince(now, limits)
    const step = (event: SupervisionEvent, afterMs: number) => {
      now += afterMs
      const { state: next, action } = supervise(state, event, now, limits)
      state = next
      return action
    }
    for (let start = 0; start < limits.budget; start += 1) {
      step('ended', 10)
      expect(state.phase).toBe('waiting')
      expect(step('tick', state.at - now)).toBe('start')
      step('started', 10)
    }
    step('ended', 10)
    expect(state).toMatchObject({ phase: 'open', at: now + limits.openMs })
    expect(step('tick', limits.openMs - 1)).toBeUndefined()
    expect(step('tick', 1)).toBe('start')
    step('started', 10)
    step('ended', 100)
    expect(state.phase).toBe('open')
    expect(step('retry', 0)).toBe('start')
    step('ended', 10)
    expect(state).toMatchObject({ phase: 'waiting', at: now + limits.firstDelayMs })
  })
})
