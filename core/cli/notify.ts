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
