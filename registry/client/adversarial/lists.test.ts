import { afterEach, expect, test } from 'vitest'
import { Bench } from '../fixtures/bench.ts'
import { answer } from '../fixtures/exchange.ts'
import { always } from '../fixtures/lies.ts'
import { indexType, type ScriptedRegistry } from '../fixtures/scripted-registry.ts'

const bench = new Bench()
afterEach(() => bench.close())

const at = ({ host }: ScriptedRegistry) => ({ registry: host, repository: 'team/app' })

async function open() {
  const registry = await bench.registry()
  const subject = registry.putManifest('team/app', 'one', { schemaVersion: 2 })
  const refers = { schemaVersion: 2, artifactType: 'application/vnd.test', subject: { digest: subject } }
  const digest = registry.putManifest('team/app', 'signature', refers)
  const list = async (artifactType?: string): Promise<string[]> => {
    const found = bench.client().referrers({ ...at(registry), digest: subject, artifactType })
    return (await Array.fromAsync(found)).map((each) => each.digest)
  }
  return { registry, subject, digest, list }
}

test('B20 referrers come of the API where there is one, filtered by this client where the registry does not', async () => {
  const { registry, digest, list } = await open()
  expect(await list()).toEqual([digest])
  expect(await list('application/vnd.test')).toEqual([digest])
  expect(await list('application/vnd.other')).toEqual([])
  expect(registry.requests(/manifests\/sha256-/)).toEqual([])
})

test('B20 a registry without the API has them under a tag of the digest', async () => {
  const { registry, subject, digest, list } = await open()
  registry.on(/referrers/, always(404))
  expect(await list()).toEqual([])
  const entry = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 7, artifactType: 'a/b' }
  const index = { schemaVersion: 2, mediaType: indexType, manifests: [entry] }
  registry.putManifest('team/app', subject.replace(':', '-'), index, indexType)
  expect(await list()).toEqual([digest])
  expect(await list('a/c')).toEqual([])
})

test('B20 what is under that tag and is no index is told as such', async () => {
  const { registry, subject, list } = await open()
  registry.on(/referrers/, always(404))
  for (const document of ['[]', '{"manifests":7}', '{"manifests":[{"digest":1}]}', 'nothing of JSON']) {
    registry.putManifest('team/app', subject.replace(':', '-'), document, indexType)
    await expect(list()).rejects.toMatchObject({ code: 'MANIFEST_INVALID' })
  }
})

test('B21 pages that lead back to one that was read end with an error', async () => {
  const { registry } = await open()
  const link = { link: '</v2/team/app/tags/list?n=1000>; rel="next"' }
  registry.on(/tags\/list/, always(200, link, '{"tags":["one"]}'))
  await expect(Array.fromAsync(bench.client().tags(at(registry)))).rejects.toMatchObject({
    code: 'REGISTRY_ANSWER_INVALID',
    message: expect.stringContaining('leads from one page of a list back to another'),
  })
  expect(registry.requests(/tags/).length).toBe(1)
})

test('B21 pages without an end meet a limit', { timeout: 120_000 }, async () => {
  const { registry } = await open()
  let page = 0
  registry.on(/tags\/list/, (exchange) => {
    answer(exchange, 200, { link: `</v2/team/app/tags/list?last=${(page += 1)}>; rel=next` }, '{"tags":["one"]}')
  })
  let tags = 0
  const list = async (): Promise<void> => {
    for await (const _tag of bench.client().tags(at(registry))) tags += 1
  }
  await expect(list()).rejects.toMatchObject({ message: expect.stringContaining('more than 10000 pages') })
  expect(tags).toBe(10_000)
})

test('B21 a page at another host is not asked for', async () => {
  const { registry } = await open()
  const elsewhere = await bench.registry({ address: '127.0.0.2' })
  for (const link of [`<${elsewhere.origin}/v2/>; rel="next"`, '<http://>; rel="next"']) {
    registry.on(/tags\/list/, always(200, { link }, '{"tags":[]}'))
    const listed = Array.fromAsync(bench.client().tags(at(registry)))
    await expect(listed).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' })
  }
  expect(elsewhere.seen).toEqual([])
})

test('B21 pages are read to their end, also where their links are written otherwise', async () => {
  const { registry } = await open()
  const pages = ['a', 'b', 'c', 'd']
  const links = [
    '<list?last=a>; rel="next"',
    '</v2/>; rel="prev", </v2/team/app/tags/list?last=b>; title="x"; rel="next last"',
    `<${registry.origin}/v2/team/app/tags/list?last=c>;rel=next`,
  ]
  registry.on(/tags\/list/, (exchange) => {
    const index = pages.indexOf(exchange.url.searchParams.get('last') ?? '') + 1
    const link = links[index]
    answer(exchange, 200, link === undefined ? {} : { link }, JSON.stringify({ tags: [pages[index]] }))
  })
  expect(await Array.fromAsync(bench.client().tags(at(registry)))).toEqual(pages)
})

test.each([
  ['null', []],
  ['["a",7,null,"b"]', ['a', 'b']],
])('B21 tags of %s are %j', async (tags, expected) => {
  const { registry } = await open()
  registry.on(/tags\/list/, always(200, {}, `{"tags":${tags}}`))
  expect(await Array.fromAsync(bench.client().tags(at(registry)))).toEqual(expected)
})
