import type { IncomingMessage } from 'node:http'
import { codedError } from '../errors/index.ts'
import type { WireLimits } from './limits.ts'

interface Pair {
  readonly input: PromiseWithResolvers<IncomingMessage>
  /** Settled when the call that reads the input is over. */
  readonly over: PromiseWithResolvers<void>
  offered: boolean
  called: boolean
}

/** Brings the two exchanges of two-way calls together, in whichever order they arrive. */
export class Pairs {
  readonly #pairs = new Map<string, Pair>()
  readonly #limits: WireLimits

  constructor(limits: WireLimits) {
    this.#limits = limits
  }

  /** The call side: `input` waits for the other exchange, `over` must be called at the end of the call. */
  call(id: string): { input(): Promise<IncomingMessage>; over(): void } {
    const pair = this.#pair(id)
    if (pair.called) throw codedError('WIRE_REQUEST_INVALID', `exchange ${id} is called twice`)
    pair.called = true
    return {
      input: () => this.#withDeadline(pair.input.promise, `the input of exchange ${id} did not come`),
      over: () => {
        this.#pairs.delete(id)
        pair.over.resolve()
      },
    }
  }

  /** The input side: waits until the call has no more use for the input. */
  async offer(id: string, input: IncomingMessage): Promise<void> {
    const pair = this.#pair(id)
    if (pair.offered) throw codedError('WIRE_REQUEST_INVALID', `exchange ${id} has two inputs`)
    pair.offered = true
    pair.input.resolve(input)
    if (pair.called) return pair.over.promise
    const timer = setTimeout(() => {
      if (pair.called) return
      this.#pairs.delete(id)
      pair.over.reject(codedError('WIRE_STREAM_BROKEN', `the call of exchange ${id} did not come`))
    }, this.#limits.pairMs)
    return pair.over.promise.finally(() => clearTimeout(timer))
  }

  #pair(id: string): Pair {
    const known = this.#pairs.get(id)
    if (known !== undefined) return known
    const waiting = [...this.#pairs.values()].filter(({ called, offered }) => called !== offered).length
    if (waiting >= this.#limits.waitingPairs) {
      throw codedError('WIRE_TOO_LARGE', `${waiting} exchanges wait for their other half already`)
    }
    const pair: Pair = {
      input: Promise.withResolvers<IncomingMessage>(),
      over: Promise.withResolvers<void>(),
      offered: false,
      called: false,
    }
    this.#pairs.set(id, pair)
    return pair
  }

  async #withDeadline(input: Promise<IncomingMessage>, problem: string): Promise<IncomingMessage> {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(codedError('WIRE_STREAM_BROKEN', problem)), this.#limits.pairMs)
    return Promise.race([input, late.promise]).finally(() => clearTimeout(timer))
  }
}
