import type { Subject } from '../subject.ts'

/** Makes a container by a raw request; fails when it cannot. */
export async function make(subject: Subject, name: string, body: Record<string, unknown>): Promise<string> {
  const answer = await subject.api('POST', `/containers/create?name=${name}`, { Image: 'busybox', ...body })
  if (answer.status !== 201) throw new Error(`create ${name}: ${JSON.stringify(answer)}`)
  return (answer.body as { Id: string }).Id
}

/** Makes and starts a container. */
export async function launch(subject: Subject, name: string, body: Record<string, unknown>): Promise<string> {
  const id = await make(subject, name, body)
  const answer = await subject.api('POST', `/containers/${id}/start`)
  if (answer.status !== 204) throw new Error(`start ${name}: ${JSON.stringify(answer)}`)
  return id
}

/** Removes containers whatever their state, with their volumes. */
export async function clear(subject: Subject, ...names: readonly string[]): Promise<void> {
  for (const name of names) await subject.api('DELETE', `/containers/${name}?force=1&v=1`)
}

/** A command that ends at once when it is asked to. */
export const sleeper = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.2; done']
