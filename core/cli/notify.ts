import process from 'node:process'

/**
 * Tells the service manager about this process, if it asked to be told (NOTIFY_SOCKET). The message is
 * sent by systemd-notify, because Node has no datagram sockets of that family; the unit needs
 * NotifyAccess=all. Answers what went wrong, undefined when nothing did.
 */
export async function notifyManager(...states: readonly string[]): Promise<string | undefined> {
  if (process.env['NOTIFY_SOCKET'] === undefined) return undefined
  const { execa } = await import('execa')
  const result = await execa('systemd-notify', [`--pid=${process.pid}`, ...states], { reject: false, timeout: 5_000 })
  return result.failed ? result.message : undefined
}

/** What a manager is told before a reload: the time orders it with other messages, sd_notify(3). */
export function reloadingState(): readonly string[] {
  return ['RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`]
}

/**
 * Tells the manager twice in each of its periods that this process still turns (WATCHDOG_USEC); a process whose event loop
 * hangs tells nothing, and is ended by the manager. Answers the function that ends it.
 */
export function feedWatchdog(environment: NodeJS.ProcessEnv, tell: (state: string) => Promise<void>): () => void {
  const { WATCHDOG_USEC: period = '', WATCHDOG_PID: owner } = environment
  if (!/^[1-9]\d{0,15}$/.test(period)) return () => undefined
  if (owner !== undefined && owner !== String(process.pid)) return () => undefined
  const timer = setInterval(() => void tell('WATCHDOG=1'), Number(period) / 2000)
  return () => clearInterval(timer)
}
