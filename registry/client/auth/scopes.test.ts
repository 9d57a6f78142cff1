import { afterEach, expect, test } from 'vitest'
import { Bench } from '../fixtures/bench.ts'
import { giveToken, wantToken } from '../fixtures/guard.ts'

const bench = new Bench()
afterEach(() => bench.close())

test('a token is asked for by what the repository holds, images unless it is said', async () => {
  const registry = await bench.registry()
  const content = Buffer.from('{"schemaVersion":2}')
  const digest = registry.putManifest('team/app', 'one', { schemaVersion: 2 })
  const scopes: (string | null)[] = []
  registry.on(
    /\/token/,
    giveToken((form) => (scopes.push(form.get('scope')), { token: 'good' })),
  )
  wantToken(registry, `${registry.origin}/token`, (token) => token === 'good')
  const client = bench.client()
  const where = { registry: registry.host, repository: 'team/app' }
  await client.head({ ...where, reference: 'one' })
  await client.head({ ...where, reference: 'one', kind: 'plugin' })
  await client.offer({ ...where, digest, kind: 'plugin' })
  await client.putManifest({ ...where, reference: 'two', kind: 'plugin', mediaType: 'application/json', content })
  expect(scopes).toEqual([
    'repository:team/app:pull',
    'repository(plugin):team/app:pull',
    'repository(plugin):team/app:pull,push',
  ])
})
