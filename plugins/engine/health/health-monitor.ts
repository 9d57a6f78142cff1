import type { ContainerSpec, ContainerState } from '@moby/contracts'

type Check = NonNullable<ContainerSpec['healthcheck']>
export type Health = NonNullable<ContainerState['health']>
export type ProbeResult = Health['log'][number]

const kept = 5
const millisecond = 1_000_000

/** Runs one probe; an answer of undefined means that it took longer than it may. */
export type Probe = (timeoutMs: number) => Promise<{ exitCode: number; output: string } | undefined>

/**
 * Watches the health of one run by Docker's rules: a probe every interval, counted as failed on any exit but 0 or after
 * its timeout; unhealthy after so many failures in a row, which during the start period are not counted until the
 * first success.
 */
export class HealthMonitor {
  readonly #check: Check
  readonly #probe: Probe
  readonly #onChange: (status: Health['status']) => void
  readonly #onProbe: (isHealthy: boolean) => void
  readonly #begun: number
  #timer: NodeJS.Timeout | undefined
  #stopped = false
  #status: Health['status'] = 'starting'
  #streak = 0
  #log: ProbeResult[] = []

  constructor(parts: {
    check: Check
    probe: Probe
    onChange: (status: Health['status']) => void
    /** Told of every probe that was taken into account. */
    onProbe?: (isHealthy: boolean) => void
    now?: number
  }) {
    this.#check = parts.check
    this.#probe = parts.probe
    this.#onChange = parts.onChange
    this.#onProbe = parts.onProbe ?? (() => undefined)
    this.#begun = parts.now ?? Date.now()
    this.#schedule()
  }

  show(): Health {
    return { status: this.#status, failingStreak: this.#streak, log: [...this.#log] }
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  /** Takes the result of a probe into account. */
  record(result: ProbeResult): void {
    this.#log = [...this.#log, result].slice(-kept)
    this.#onProbe(result.exitCode === 0)
    if (result.exitCode === 0) {
      this.#streak = 0
      this.#change('healthy')
      return
    }
    if (this.#isStarting()) return
    this.#streak += 1
    if (this.#streak >= (this.#check.retries || 3)) this.#change('unhealthy')
  }

  #isStarting(): boolean {
    return this.#status === 'starting' && Date.now() - this.#begun < ms(this.#check.startPeriodNs, 0)
  }

  #change(status: Health['status']): void {
    if (this.#status === status) return
    this.#status = status
    this.#onChange(status)
  }

  #schedule(): void {
    const delay = this.#isStarting() ? ms(this.#check.startIntervalNs, 5000) : ms(this.#check.intervalNs, 30_000)
    this.#timer = setTimeout(() => void this.#run(), delay)
    this.#timer.unref()
  }

  async #run(): Promise<void> {
    const timeout = ms(this.#check.timeoutNs, 30_000)
    const start = new Date().toISOString()
    const result = await this.#probe(timeout).catch((error: unknown) => ({ exitCode: -1, output: String(error) }))
    if (this.#stopped) return
    const end = new Date().toISOString()
    const late = `Health check exceeded timeout (${timeout / 1000}s)`
    this.record({ start, end, ...(result ?? { exitCode: -1, output: late }) })
    this.#schedule()
  }
}

function ms(nanoseconds: number | undefined, fallback: number): number {
  return nanoseconds === undefined || nanoseconds === 0 ? fallback : nanoseconds / millisecond
}
