import { afterEach, expect, it } from 'vitest'
import { sampleImage } from '../fixtures/fake-engine.ts'
import { startTestApi, type TestApi } from '../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const base = { mediaType: manifestType, size: '7', available: true, unpackedSize: '0', containers: [] }
const image = sampleImage({
  manifests: [
    { mediaType: manifestType, digest: 'sha256:a', size: '7' },
    {
      mediaType: 'application/vnd.oci.image.index.v1+json',
      digest: 'sha256:i',
      size: '9',
      children: [
        {
          ...base,
          digest: 'sha256:a',
          kind: 'image',
          platform: 'linux/arm64/v8',
          contentSize: '20',
          unpackedSize: '3',
          containers: ['c1'],
        },
        {
          ...base,
          digest: 'sha256:b',
          kind: 'attestation',
          platform: 'unknown/unknown',
          attests: 'sha256:a',
          contentSize: '5',
        },
      ],
    },
  ],
})

it('manifests tells of platforms and attestations, in the list and of one image', async () => {
  api = await startTestApi({ images: { inspect: async () => image, list: async () => ({ images: [image] }) } })
  const Manifests = [
    {
      ID: 'sha256:a',
      Descriptor: {
        mediaType: manifestType,
        digest: 'sha256:a',
        size: 7,
        platform: { architecture: 'arm64', os: 'linux', variant: 'v8' },
      },
      Available: true,
      Size: { Content: 20, Total: 23 },
      Kind: 'image',
      ImageData: {
        Platform: { architecture: 'arm64', os: 'linux', variant: 'v8' },
        Size: { Unpacked: 3 },
        Containers: ['c1'],
      },
    },
    {
      ID: 'sha256:b',
      Descriptor: {
        mediaType: manifestType,
        digest: 'sha256:b',
        size: 7,
        platform: { architecture: 'unknown', os: 'unknown' },
      },
      Available: true,
      Size: { Content: 5, Total: 5 },
      Kind: 'attestation',
      AttestationData: { For: 'sha256:a' },
    },
  ]
  const Descriptor = { mediaType: 'application/vnd.oci.image.index.v1+json', digest: 'sha256:i', size: 9 }
  expect(await api.json('GET', '/images/x/json?manifests=1')).toMatchObject({ Descriptor, Manifests })
  expect(await api.json('GET', '/images/json?manifests=1')).toMatchObject([{ Descriptor, Manifests }])
  expect(api.calls.map(({ request }) => request)).toMatchObject([{ manifests: true }, { manifests: true }])
})

it('older clients get neither, and manifests of one platform are a contradiction', async () => {
  api = await startTestApi({ images: { inspect: async () => image, list: async () => ({ images: [image] }) } })
  const older = await api.json('GET', '/v1.46/images/x/json?manifests=1')
  expect(older).not.toHaveProperty('Descriptor')
  expect(older).not.toHaveProperty('Manifests')
  const platform = encodeURIComponent('{"os":"linux","architecture":"arm64"}')
  const { status, text } = await api.call('GET', `/images/x/json?manifests=1&platform=${platform}`)
  expect([status, text]).toEqual([400, expect.stringContaining('conflicting options')])
})
