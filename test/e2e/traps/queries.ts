import type { Subject } from '../../compat/subject.ts'

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
