import { gunzipSync, inflateRawSync } from 'node:zlib'
import { afterEach, expect, it } from 'vitest'
import { codedError, type PathStatus } from '@moby/contracts'
import { streamOf } from '../../../fixtures/fake-engine.ts'
import { startTestApi, type TestApi } from '../../../fixtures/test-api.ts'
import { chooseEncoding } from './choose-encoding.ts'
import { compress } from './compress.ts'
import { pathStatHeader } from './path-stat.ts'

let api: TestApi
afterEach(async () => await api?.close())

const status: PathStatus = {
  name: 'dir',
  type: 'directory',
  mode: 0o755,
  size: '4096',
  modifiedAt: '2026-01-02T03:04:05.6Z',
  linkTarget: '',
}
const statOf = (header: unknown) => JSON.parse(Buffer.from(String(header), 'base64').toString()) as unknown

it('an archive comes with what it is of, and a path that is not there is an ordinary error', async () => {
  api = await startTestApi({
    containers: {
      statPath: async () => status,
      readArchive: ({ path }) => {
        if (path === '/dir') return streamOf({ status }, { data: Buffer.from('ab') }, { data: Buffer.from('c') })
        return (async function* () {
          yield* streamOf<{ status: PathStatus }>()
          throw codedError('CONTAINER_PATH_NOT_FOUND', `Could not find the file ${path} in container web`)
        })()
      },
    },
  })
  const good = await api.call('GET', '/containers/web/archive?path=/dir')
  expect([good.status, good.headers['content-type'], good.text]).toEqual([200, 'application/x-tar', 'abc'])
  const told = { name: 'dir', size: 4096, mode: 2147484141, mtime: '2026-01-02T03:04:05.6Z', linkTarget: '' }
  expect(statOf(good.headers['x-docker-container-path-stat'])).toEqual(told)
  const head = await api.call('HEAD', '/containers/web/archive?path=/dir')
  expect([head.status, statOf(head.headers['x-docker-container-path-stat'])]).toEqual([200, told])
  const bad = await api.call('GET', '/containers/web/archive?path=/none')
  expect([bad.status, JSON.parse(bad.text)]).toEqual([
    404,
    { message: 'Could not find the file /none in container web' },
  ])
  const without = await api.call('GET', '/containers/web/archive')
  expect([without.status, JSON.parse(without.text)]).toEqual([400, { message: 'bad parameter: path cannot be empty' }])
})

it('the query of an upload is read as Docker reads booleans, and its body goes to the engine', async () => {
  let body = ''
  api = await startTestApi({
    containers: {
      writeArchive: async (_request, input) => {
        for await (const piece of input) body += Buffer.from(piece).toString()
        return {}
      },
    },
  })
  const query = 'path=%2Fa%20b%2F.&noOverwriteDirNonDir=1&copyUIDGID=true'
  const { status: code, text } = await api.call('PUT', `/containers/web/archive?${query}`, 'the archive')
  expect([code, text, body]).toEqual([200, '', 'the archive'])
  const request = { ref: 'web', path: '/a b/.', keepKinds: true, ownerOfContainer: true }
  expect(api.calls.at(-1)).toEqual({ operation: 'containers.writeArchive', request })
  await api.call('PUT', '/containers/web/archive?path=/&noOverwriteDirNonDir=false&copyUIDGID=0', 'x')
  expect(api.calls.at(-1)?.request).toEqual({ ref: 'web', path: '/' })
})

it('kinds and special bits are where Go has them', () => {
  const modeOf = (over: Partial<PathStatus>) => {
    const [header] = Object.values(pathStatHeader({ ...status, ...over }))
    return (statOf(header) as { mode: number }).mode
  }
  expect(modeOf({ type: 'file', mode: 0o4755 })).toBe(8389101)
  expect(modeOf({ type: 'directory', mode: 0o1777 })).toBe(2148532735)
  expect(modeOf({ type: 'symlink', mode: 0o777 })).toBe(134218239)
  expect(modeOf({ type: 'character', mode: 0o666 })).toBe(2 ** 26 + 2 ** 21 + 0o666)
  expect(modeOf({ type: 'fifo', mode: 0o2600 })).toBe(2 ** 25 + 2 ** 22 + 0o600)
})

it('an archive is compressed for those who want it so most', async () => {
  const chosen = ['', 'gzip', 'deflate, gzip', 'gzip;q=0', 'gzip;q=0.2, deflate;q=0.5', 'br, *', 'identity'].map(
    (accept) => chooseEncoding(accept),
  )
  expect(chosen).toEqual([undefined, 'gzip', 'deflate', undefined, 'deflate', 'gzip', undefined])
  const bytes = async (encoding: 'gzip' | 'deflate') =>
    Buffer.concat(await Array.fromAsync(compress(streamOf(Buffer.from('ab'), Buffer.from('c')), encoding)))
  expect(gunzipSync(await bytes('gzip')).toString()).toBe('abc')
  expect(inflateRawSync(await bytes('deflate')).toString()).toBe('abc')
})

it('what an engine without swarm, experiments and builds by id cannot do is told in the words of Docker', async () => {
  api = await startTestApi({})
  const answers: (readonly [string, string, number, string])[] = [
    ['GET', '/containers/web/checkpoints', 501, 'This experimental feature is disabled by default.'],
    ['POST', '/containers/web/checkpoints', 501, 'This experimental feature is disabled by default.'],
    ['DELETE', '/containers/web/checkpoints/one', 501, 'This experimental feature is disabled by default.'],
    ['PUT', '/volumes/data', 503, 'volume update only valid for cluster volumes, but swarm is unavailable'],
    ['POST', '/build/cancel', 400, 'build ID not provided'],
    ['POST', '/build/cancel?id=none', 200, ''],
  ]
  for (const [method, path, code, message] of answers) {
    const answer = await api.call(method, path)
    expect([path, answer.status, answer.text]).toEqual([path, code, expect.stringContaining(message)])
  }
})
