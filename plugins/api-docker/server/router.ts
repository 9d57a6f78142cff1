import { codedError } from '@moby/contracts'
import { newest, readVersion } from '../compat/api-version.ts'
import { invalidRequest } from '../wire/api-error.ts'
import { Query } from '../wire/query.ts'
import type { Route } from './route.ts'

/** Where a request goes. */
export interface Destination {
  readonly route: Route
  readonly version: number
  readonly vars: Readonly<Record<string, string>>
  readonly query: Query
}

interface CompiledRoute {
  readonly route: Route
  readonly pattern: RegExp
  readonly names: readonly string[]
}

/**
 * Finds the route of a request. Names of images, plugins and volumes hold slashes, so that a variable takes any text,
 * as in Docker; the first route of the table that fits wins.
 */
export class Router {
  readonly #routes = new Map<string, CompiledRoute[]>()
  readonly #roots: ReadonlySet<string>

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const key = `${route.method} ${rootOf(route.path)}`
      this.#routes.set(key, [...(this.#routes.get(key) ?? []), compile(route)])
    }
    this.#roots = new Set(routes.map(({ path }) => rootOf(path)))
  }

  /**
   * Fails with API_PAGE_NOT_FOUND, API_VERSION_UNSUPPORTED, or API_REQUEST_INVALID for a target that means different
   * things to different readers.
   */
  find(method: string, target: string): Destination {
    const { path, search } = splitTarget(target)
    const { version, rest } = this.#takeVersion(path)
    for (const { route, pattern, names } of this.#routes.get(`${method} ${rootOf(rest)}`) ?? []) {
      const match = pattern.exec(rest)
      if (match === null) continue
      const vars = Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? '']))
      return { route, version, vars, query: new Query(search) }
    }
    throw codedError('API_PAGE_NOT_FOUND', 'page not found')
  }

  #takeVersion(path: string): { version: number; rest: string } {
    const parts = /^\/v([^/]*)(\/.*)$/s.exec(path)
    if (parts === null || this.#roots.has(rootOf(path))) return { version: newest, rest: path }
    const [, written = '', rest = ''] = parts
    if (!/^[\d.]+$/.test(written) && !this.#roots.has(rootOf(rest))) {
      throw codedError('API_PAGE_NOT_FOUND', 'page not found')
    }
    return { version: readVersion(written), rest }
  }
}

function compile(route: Route): CompiledRoute {
  const names: string[] = []
  const source = route.path.replace(/\{(\w+)\}/g, (_match, name: string) => {
    names.push(name)
    return '(.+)'
  })
  return { route, pattern: new RegExp(`^${source}$`, 's'), names }
}

function rootOf(path: string): string {
  return path.split('/', 2)[1] ?? ''
}

function splitTarget(target: string): { path: string; search: string } {
  const mark = target.indexOf('?')
  const written = mark < 0 ? target : target.slice(0, mark)
  const search = mark < 0 ? '' : target.slice(mark + 1)
  let path: string
  try {
    path = decodeURIComponent(written)
  } catch (error) {
    throw invalidRequest('the path of the request is not valid percent-encoding', error)
  }
  if (!path.startsWith('/') || path.includes('\0') || /\/(\/|\.{1,2}(\/|$))/.test(path)) {
    throw invalidRequest('the path of the request is not a plain absolute path')
  }
  return { path, search }
}
