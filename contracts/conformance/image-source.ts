import { strict as assert } from 'node:assert'
import { createHash, randomBytes } from 'node:crypto'
import { imageSource } from '../image/index.ts'
import { CaseBook } from './case.ts'
import { collect, failsWith, freshName } from './checks.ts'

/** A registry that anybody may pull from and push to: `127.0.0.1:5000`. */
export interface SourceFixtures {
  readonly registry: string
}

const source = new CaseBook<typeof imageSource, SourceFixtures>(imageSource, ['registry'])
/** Promises of `image.source`. */
export const imageSourceCases = source.cases

const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const layerType = 'application/vnd.oci.image.layer.v1.tar'

type Driver = Parameters<Parameters<typeof source.prove>[0]['run']>[0]['driver']

const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

const place = ({ registry }: SourceFixtures) => ({ registry, repository: freshName('conformance/image') })

async function upload(driver: Driver, where: ReturnType<typeof place>, bytes: Uint8Array) {
  const digest = digestOf(bytes)
  await driver.upload({ ...where, digest, size: String(bytes.length) }, inPieces(bytes))
  return { mediaType: layerType, digest, size: bytes.length }
}

/** A manifest of one random layer, in the registry under the tag. */
async function putImage(driver: Driver, where: ReturnType<typeof place>, tag: string, subject?: object) {
  const layer = await upload(driver, where, randomBytes(300_000))
  const config = await upload(driver, where, new TextEncoder().encode('{}'))
  const content = new TextEncoder().encode(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { ...config, mediaType: 'application/vnd.oci.image.config.v1+json' },
      layers: [layer],
      ...(subject === undefined ? {} : { subject }),
    }),
  )
  const { digest } = await driver.putManifest({ ...where, reference: tag, mediaType: manifestType, content })
  return { content, digest, layer }
}

source.prove({
  id: 'manifest-round-trip',
  methods: ['upload', 'putManifest', 'manifest', 'head'],
  title: 'a manifest comes back byte for byte, by tag and by digest',
  async run({ driver, fixtures }) {
    const where = place(fixtures)
    const { content, digest } = await putImage(driver, where, 'one')
    assert.equal(digest, digestOf(content))
    for (const reference of ['one', digest]) {
      const found = await driver.manifest({ ...where, reference })
      assert.deepEqual(Buffer.from(found.content), Buffer.from(content))
      assert.equal(found.digest, digest)
      assert.equal(found.mediaType, manifestType)
      assert.equal(found.size, String(content.length))
      const head = await driver.head({ ...where, reference })
      assert.deepEqual([head.digest, head.mediaType, head.size], [digest, manifestType, String(content.length)])
    }
  },
})

source.prove({
  id: 'manifest-missing',
  methods: ['manifest', 'head'],
  title: 'what is not there is told as not found, what is no digest as invalid',
  async run({ driver, fixtures }) {
    const where = place(fixtures)
    await failsWith('REGISTRY_NOT_FOUND', driver.manifest({ ...where, reference: 'none' }))
    await failsWith('REGISTRY_NOT_FOUND', driver.head({ ...where, reference: `sha256:${'0'.repeat(64)}` }))
    await failsWith('DIGEST_INVALID', driver.manifest({ ...where, reference: 'sha256:../../etc' }))
  },
})

source.prove({
  id: 'blob-offset',
  methods: ['blob'],
  title: 'a blob is read whole and from a byte on; a missing one is not found',
  async run({ driver, fixtures }) {
    const where = place(fixtures)
    const bytes = randomBytes(2_000_003)
    const { digest } = await upload(driver, where, bytes)
    const asked = { ...where, digest, size: String(bytes.length) }
    assert.ok(Buffer.concat(await collect(driver.blob(asked))).equals(bytes))
    const rest = Buffer.concat(await collect(driver.blob({ ...asked, offset: '1999000' })))
    assert.ok(rest.equals(bytes.subarray(1_999_000)))
    await failsWith('REGISTRY_NOT_FOUND', collect(driver.blob({ ...asked, digest: `sha256:${'1'.repeat(64)}` })))
  },
})

source.prove({
  id: 'blob-checked',
  methods: ['blob', 'upload'],
  title: 'content of another size or digest than told is refused on both ways',
  async run({ driver, fixtures }) {
    const where = place(fixtures)
    const bytes = randomBytes(50_000)
    const { digest } = await upload(driver, where, bytes)
    await failsWith('CONTENT_MISMATCH', collect(driver.blob({ ...where, digest, size: '50001' })))
    const wrong = { ...where, digest: `sha256:${'2'.repeat(64)}`, size: '50000' }
    await failsWith('CONTENT_MISMATCH', driver.upload(wrong, inPieces(bytes)))
    assert.equal((await driver.offer({ ...where, digest: wrong.digest })).present, false)
  },
})

source.prove({
  id: 'offer-mounts',
  methods: ['offer'],
  title: 'a blob that is there is present, one of another repository is mounted, one that is nowhere is absent',
  async run({ driver, fixtures }) {
    const [first, second] = [place(fixtures), place(fixtures)]
    const { digest } = await upload(driver, first, randomBytes(1000))
    assert.equal((await driver.offer({ ...first, digest })).present, true)
    const mounted = await driver.offer({ ...second, digest, mountFrom: [first.repository] })
    assert.deepEqual([mounted.present, mounted.mountedFrom], [true, first.repository])
    assert.equal((await driver.offer({ ...second, digest: `sha256:${'3'.repeat(64)}` })).present, false)
  },
})

source.prove({
  id: 'tags',
  methods: ['tags'],
  title: 'every tag of a repository is listed once',
  async run({ driver, fixtures }) {
    const where = place(fixtures)
    for (const tag of ['b', 'a', 'c']) await putImage(driver, where, tag)
    const tags = (await collect(driver.tags(where))).map(({ tag }) => tag)
    assert.deepEqual(tags.sort(), ['a', 'b', 'c'])
    await failsWith('REGISTRY_NOT_FOUND', collect(driver.tags(place(fixtures))))
  },
})

source.prove({
  id: 'referrers',
  methods: ['referrers'],
  title: 'a manifest that nothing refers to has no referrers',
  async run({ driver, fixtures }) {
    const where = place(fixtures)
    const { digest } = await putImage(driver, where, 'subject')
    assert.deepEqual(await collect(driver.referrers({ ...where, digest })), [])
    await failsWith('DIGEST_INVALID', collect(driver.referrers({ ...where, digest: 'nonsense' })))
  },
})

source.prove({
  id: 'login',
  methods: ['login'],
  title: 'an open registry takes anybody; one that is not there is told as unreachable',
  async run({ driver, fixtures }) {
    const credentials = { username: 'somebody', password: 'something' }
    assert.equal((await driver.login({ registry: fixtures.registry, credentials })).identityToken, undefined)
    await failsWith('REGISTRY_UNREACHABLE', driver.login({ registry: '127.0.0.1:1', credentials }))
  },
})

source.prove({
  id: 'search',
  methods: ['search'],
  title: 'a registry without a search says so',
  async run({ driver, fixtures }) {
    const { registry } = fixtures
    await failsWith(['NOT_SUPPORTED', 'REGISTRY_NOT_FOUND'], driver.search({ registry, term: 'any', limit: 5 }))
  },
})
