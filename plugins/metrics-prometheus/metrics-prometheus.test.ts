import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { MetricsServer } from './metrics-server.ts'
import { readAddress } from './read-address.ts'
import { renderFamilies } from './render-families.ts'

const quiet = () => undefined
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }

test('families are written as Prometheus reads them, in the order of their names', () => {
  const text = renderFamilies([
    { name: 'b', help: 'two\nlines', type: 'gauge', samples: [{ labels: { x: 'a"b\\c\nd' }, value: 1.5 }] },
    {
      name: 'a_seconds',
      help: 'h',
      type: 'histogram',
      samples: [],
      histograms: [{ labels: { action: 'run' }, buckets: [{ le: '+Inf', count: 2 }], sum: 0.25, count: 2 }],
    },
  ])
  expect(text).toBe(
    `# HELP a_seconds h
# TYPE a_seconds histogram
a_seconds_bucket{action="run",le="+Inf"} 2
a_seconds_sum{action="run"} 0.25
a_seconds_count{action="run"} 2
# HELP b two\\nlines
# TYPE b gauge
b{x="a\\"b\\\\c\\nd"} 1.5
`,
  )
})

test.each([
  ['127.0.0.1:9323', { host: '127.0.0.1', port: 9323 }],
  ['[::1]:0', { host: '::1', port: 0 }],
  [':9323', { host: '::', port: 9323 }],
  ['localhost:9323', { host: 'localhost', port: 9323 }],
  ['9323', undefined],
  ['127.0.0.1:99999', undefined],
  ['http://127.0.0.1:9323', undefined],
])('the address %s is %j', (text, address) => {
  expect(readAddress(text)).toEqual(address)
})

test('only GET /metrics is answered, a failure is told as one, and a port in use ends the start', async () => {
  let collect = async () => 'a 1\n'
  const server = new MetricsServer({ collect: () => collect(), log })
  const at = await server.listen({ host: '127.0.0.1', port: 0 })
  const ask = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://${at}${path}`, { method })
    return [answer.status, await answer.text(), answer.headers.get('content-type')]
  }
  expect(await ask('/metrics?x=1')).toEqual([200, 'a 1\n', 'text/plain; version=0.0.4; charset=utf-8'])
  expect((await ask('/'))[0]).toBe(404)
  expect((await ask('/metrics', 'POST'))[0]).toBe(405)
  collect = async () => await Promise.reject(new Error('away'))
  expect((await ask('/metrics'))[0]).toBe(503)
  const second = new MetricsServer({ collect, log })
  const [host = '', port] = at.split(':')
  await expect(second.listen({ host, port: Number(port) })).rejects.toMatchObject({ code: 'METRICS_ADDRESS_INVALID' })
  await server.close()
  // The port is free again.
  const probe = createServer().listen(Number(port), host)
  await once(probe, 'listening')
  expect((probe.address() as AddressInfo).port).toBe(Number(port))
  probe.close()
})
