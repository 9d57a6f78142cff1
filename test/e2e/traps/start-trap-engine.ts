import process from 'node:process'
import { startDockerdSubject, startMobySubject, type Subject } from '../../compat/subject.ts'

/**
 * The engine whose answers the traps are tried on, with busybox loaded. With MOBY_TRAPS_ENGINE=dockerd it is the
 * dockerd of `make-dockerd`: what the cases expect is what that one does.
 */
export async function startTrapEngine(): Promise<Subject> {
  const dockerd = process.env['MOBY_TRAPS_ENGINE'] === 'dockerd'
  const subject = await (dockerd ? startDockerdSubject() : startMobySubject())
  await subject.loadBusybox()
  return subject
}

/** An answer whose body is an object. */
export async function get(subject: Subject, path: string): Promise<Record<string, unknown>> {
  const { status, body } = await subject.api('GET', path)
  if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`)
  return body as Record<string, unknown>
}

/** The value of the query parameter `filters`. */
export function filters(value: unknown): string {
  return `filters=${encodeURIComponent(JSON.stringify(value))}`
}
