import type { ApiRequest } from '../../server/route.ts'

/** Id or name of the container in the path; lists give names with a slash, and clients send them back so. */
export function containerRef({ vars }: Pick<ApiRequest, 'vars'>): string {
  return (vars['name'] ?? '').replace(/^\//, '')
}
