import type { ApiRequest, Route } from '../../../server/route.ts'
import { invalidRequest } from '../../../wire/api-error.ts'
import { containerRef } from '../container-ref.ts'
import { compress } from './compress.ts'
import { chooseEncoding } from './choose-encoding.ts'
import { pathStatHeader } from './path-stat.ts'

const path = '/containers/{name}/archive'

/** `docker cp` asks what is at a path before it copies to it, and decides from the answer under which name. */
export const statArchive: Route = {
  method: 'HEAD',
  path,
  async handle(request) {
    const status = await request.engine.containers.statPath(asked(request))
    return { kind: 'empty', status: 200, headers: pathStatHeader(status) }
  },
}

export const getArchive: Route = {
  method: 'GET',
  path,
  async handle(request) {
    const answered = request.engine.containers.readArchive(asked(request), { signal: request.signal })
    const items = answered[Symbol.asyncIterator]()
    const first = await items.next()
    const status = first.done === true ? undefined : first.value.status
    if (status === undefined) throw new Error('An archive came without the status of its path')
    const archive = (async function* () {
      try {
        for (let next = await items.next(); next.done !== true; next = await items.next()) {
          if (next.value.data !== undefined) yield next.value.data
        }
      } finally {
        await items.return?.()
      }
    })()
    const encoding = chooseEncoding(request.headers['accept-encoding'])
    const encoded = encoding === undefined ? {} : { 'Content-Encoding': encoding }
    return {
      kind: 'stream',
      status: 200,
      headers: { 'content-type': 'application/x-tar', ...pathStatHeader(status), ...encoded },
      body: encoding === undefined ? archive : compress(archive, encoding),
    }
  },
}

export const putArchive: Route = {
  method: 'PUT',
  path,
  async handle(request) {
    const { query, body, signal } = request
    await request.engine.containers.writeArchive(
      {
        ...asked(request),
        ...(query.bool('noOverwriteDirNonDir') ? { keepKinds: true } : {}),
        ...(query.bool('copyUIDGID') ? { ownerOfContainer: true } : {}),
      },
      body,
      { signal },
    )
    return { kind: 'empty', status: 200 }
  },
}

function asked(request: ApiRequest): { ref: string; path: string } {
  const wanted = request.query.text('path')
  if (wanted === '') throw invalidRequest('bad parameter: path cannot be empty')
  return { ref: containerRef(request), path: wanted }
}
