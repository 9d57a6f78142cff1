import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { putImage, putIndex, type MadeImage } from '../peers/make-image.ts'
import { RegistryPeer, registryUser } from '../peers/registry.ts'
import { mustSkip } from '../skips.ts'
import { EngineProcess } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'
import type { ConfiguredAssembly } from './configured-assembly.ts'
import { registryAssembly } from './registry-assembly.ts'

const { username, password } = registryUser
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

describe.skipIf(mustSkip('docker-cli'))('images from and to registries', () => {
  let plain: RegistryPeer
  let secure: RegistryPeer
  let basic: RegistryPeer
  let token: RegistryPeer
  let expired: RegistryPeer
  let limited: Server
  let assembly: ConfiguredAssembly
  let engine: EngineProcess

  beforeAll(async () => {
    ;[plain, secure, basic, token, expired] = await Promise.all([
      RegistryPeer.start(),
      RegistryPeer.start({ tls: 'trusted' }),
      RegistryPeer.start({ auth: 'basic' }),
      RegistryPeer.start({ auth: 'token', tokenLifetime: 60 }),
      RegistryPeer.start({ tls: 'expired' }),
    ])
    limited = createServer((_, answer) => {
      answer.writeHead(429, { 'retry-after': '3600', 'content-type': 'application/json' })
      answer.end('{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}')
    })
    await new Promise<void>((resolve) => limited.listen(0, '127.0.0.1', resolve))
    const pem = (of: RegistryPeer) => of.authority?.pem ?? ''
    assembly = await registryAssembly({ longestWait: 1 }, { [secure.host]: pem(secure), [expired.host]: pem(expired) })
    engine = await EngineProcess.start({ assembly: assembly.file, endsContainers: true })
    await engine.loadBusybox()
  })

  afterAll(async () => {
    expect(await engine.destroy()).toEqual(nothingLeft)
    await Promise.all([plain, secure, basic, token, expired].map((each) => each.stop()))
    limited.closeAllConnections()
    limited.close()
    await assembly.remove()
  })

  const docker = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await engine.docker(args)
    expect([args.join(' '), exitCode, stderr]).toEqual([args.join(' '), 0, stderr])
    return stdout
  }
  const refused = async (...args: string[]) => {
    const { exitCode, stderr } = await engine.docker(args)
    expect([args.join(' '), exitCode]).not.toEqual([args.join(' '), 0])
    return stderr
  }
  const digestIn = async (registry: RegistryPeer, repository: string, reference: string) => {
    const url = `${registry.url}/v2/${repository}/manifests/${reference}`
    return (await fetch(url, { method: 'HEAD', headers: { accept: manifestTypes } })).headers.get(
      'docker-content-digest',
    )
  }
  /** Pushes, takes away, and pulls by tag and by digest what comes out the same. */
  const journey = async (name: string) => {
    await docker('tag', 'busybox', name)
    const pushed = await docker('push', name)
    expect(pushed).toMatch(new RegExp(`^The push refers to repository \\[${name.replace(/:[^:]*$/, '')}\\]`))
    const digest = /digest: (sha256:[0-9a-f]{64}) size: \d+/.exec(pushed)?.[1] ?? ''
    expect(await docker('push', name)).toContain('Layer already exists')
    const id = await docker('inspect', '--format', '{{.Id}}', name)
    expect(await docker('rmi', name)).toContain(`Untagged: ${name}`)
    const pulled = await docker('pull', name)
    expect(pulled).toContain(`Digest: ${digest}`)
    expect(pulled).toContain(`Status: Downloaded newer image for ${name}`)
    expect(await docker('pull', name)).toContain(`Status: Image is up to date for ${name}`)
    expect(await docker('inspect', '--format', '{{.Id}}', name)).toBe(id)
    const byDigest = `${name.replace(/:[^:]*$/, '')}@${digest}`
    expect(await docker('pull', byDigest)).toContain(`Status: Image is up to date for ${byDigest}`)
    expect(await docker('inspect', '--format', '{{json .RepoDigests}}', name)).toContain(byDigest)
    expect(await docker('run', '--rm', '--network', 'none', byDigest, 'echo', 'ran')).toBe('ran')
    await docker('rmi', name)
    return digest
  }

  it('plain on loopback: push, pull by tag and by digest', async () => {
    const digest = await journey(`${plain.host}/team/app:1`)
    expect(await digestIn(plain, 'team/app', '1')).toBe(digest)
  })

  it('with TLS: push, pull by tag and by digest', async () => {
    await journey(`${secure.host}/team/app:1`)
  })

  it.each<[string, () => RegistryPeer]>([
    ['basic', () => basic],
    ['token', () => token],
  ])('with %s auth: login, push, pull, logout', async (_, peer) => {
    const { host } = peer()
    const wrong = await refused('login', '-u', username, '-p', 'wrong', host)
    expect(wrong).toMatch(/unauthorized|password/i)
    await refused('push', `${host}/team/app:1`)
    expect(await docker('login', '-u', username, '-p', password, host)).toContain('Login Succeeded')
    await journey(`${host}/team/app:1`)
    await docker('logout', host)
    expect(await refused('pull', `${host}/team/app:1`)).toMatch(/docker login/)
  })

  it('every tag of a repository is pushed and pulled', async () => {
    const name = `${plain.host}/all/tags`
    for (const tag of ['a', 'b', 'c']) await docker('tag', 'busybox', `${name}:${tag}`)
    await docker('push', '-a', name)
    await docker('rmi', `${name}:a`, `${name}:b`, `${name}:c`)
    const pulled = await docker('pull', '-a', name)
    expect(pulled.match(/Pulling from all\/tags/g)).toHaveLength(3)
    expect((await docker('images', '--format', '{{.Tag}}', name)).split('\n').toSorted()).toEqual(['a', 'b', 'c'])
    await docker('rmi', `${name}:a`, `${name}:b`, `${name}:c`)
  })

  it('a layer is mounted from another repository of the registry', async () => {
    await docker('tag', 'busybox', `${plain.host}/mount/from:1`)
    await docker('push', `${plain.host}/mount/from:1`)
    await docker('tag', `${plain.host}/mount/from:1`, `${plain.host}/mount/to:1`)
    const pushed = await docker('push', `${plain.host}/mount/to:1`)
    expect(pushed).toMatch(/Mounted from |Layer already exists/)
    await docker('rmi', `${plain.host}/mount/from:1`, `${plain.host}/mount/to:1`)
  })

  describe('an index of several platforms', () => {
    let own: MadeImage
    let arm: MadeImage
    let index = ''
    const name = () => `${plain.host}/multi/app:1`

    beforeAll(async () => {
      own = await putImage(plain.url, 'multi/app', 'own', [[{ name: 'platform', content: 'own' }]])
      arm = await putImage(plain.url, 'multi/app', 'arm', [[{ name: 'platform', content: 'arm' }]], {
        architecture: 'arm64',
      })
      index = (await putIndex(plain.url, 'multi/app', '1', [arm, own])).digest
    })

    it('is pulled for this host, and for another under the same name', async () => {
      expect(await docker('pull', name())).toContain(`Digest: ${index}`)
      expect(await docker('inspect', '--format', '{{.Id}}', name())).toBe(own.id)
      await docker('pull', '--platform', 'linux/arm64', name())
      const ids = (await docker('images', '-q', '--no-trunc', name())).split('\n').toSorted()
      expect(ids).toEqual([own.id, arm.id].toSorted())
      expect(await docker('inspect', '--format', '{{.Architecture}}', arm.id)).toBe('arm64')
    })

    it('is given back byte for byte when all of it is here', async () => {
      await docker('tag', name(), `${plain.host}/multi/copy:1`)
      await docker('push', `${plain.host}/multi/copy:1`)
      expect(await digestIn(plain, 'multi/copy', '1')).toBe(index)
      await docker('rmi', name(), `${plain.host}/multi/copy:1`)
      expect(await docker('images', '-q', '--filter', `reference=${plain.host}/multi/*`)).toBe('')
    })

    it('is asked about before a pull', async () => {
      const answer = await engine.request('GET', `/distribution/${name()}/json`)
      expect(JSON.parse(answer.body)).toMatchObject({
        Descriptor: { digest: index },
        Platforms: [{ architecture: 'arm64', os: 'linux' }, { os: 'linux' }],
      })
    })
  })

  it('df adds up, and prune takes what nothing needs', async () => {
    const name = `${plain.host}/df/app`
    const big = { name: 'big', content: 'x'.repeat(1 << 20) }
    const labels = { test: 'df' }
    await putImage(plain.url, 'df/app', '1', [[big], [{ name: 'one', content: 'one' }]], { labels })
    await putImage(plain.url, 'df/app', '2', [[big], [{ name: 'two', content: 'two!' }]], { labels })
    await docker('pull', '-a', name)
    const usage = async () =>
      JSON.parse((await engine.request('GET', '/system/df?type=image')).body) as {
        LayersSize: number
        Images: { Size: number; SharedSize: number }[]
      }
    const { LayersSize, Images } = await usage()
    const shared = Images.filter(({ SharedSize }) => SharedSize > 0)
    expect(shared.map(({ SharedSize }) => SharedSize)).toEqual([1 << 20, 1 << 20])
    const own = Images.reduce((sum, { Size, SharedSize }) => sum + Size - SharedSize, 0)
    expect(own + (1 << 20)).toBe(LayersSize)
    expect((await engine.request('POST', '/images/prune?filters={"colour":["red"]}')).status).toBe(400)
    expect((await usage()).Images).toHaveLength(Images.length)
    const pruned = JSON.parse(
      (
        await engine.request(
          'POST',
          '/images/prune?filters={"dangling":["0"],"label":["test=df"],"until":["2024-06-01"]}',
        )
      ).body,
    ) as { SpaceReclaimed: number; ImagesDeleted: object[] }
    expect(pruned.SpaceReclaimed).toBe((1 << 20) + 3 + 4)
    expect(await docker('images', '-q', name)).toBe('')
  })

  describe('what goes wrong is told so that it can be understood', () => {
    it('no such tag', async () => {
      await docker('tag', 'busybox', `${plain.host}/some/app:1`)
      await docker('push', `${plain.host}/some/app:1`)
      expect(await refused('pull', `${plain.host}/some/app:none`)).toContain(
        `manifest for ${plain.host}/some/app:none not found: manifest unknown: manifest unknown`,
      )
    })

    it('no such platform', async () => {
      const image = await putImage(plain.url, 'one/app', 'own', [[{ name: 'a', content: 'a' }]])
      await putIndex(plain.url, 'one/app', '1', [image])
      expect(await refused('pull', '--platform', 'linux/s390x', `${plain.host}/one/app:1`)).toMatch(
        /no matching manifest for linux\/s390x in the manifest list entries; available: linux\//,
      )
    })

    it('an expired certificate', async () => {
      expect(await refused('pull', `${expired.host}/team/app:1`)).toMatch(/certificate.*expired/i)
    })

    it('a rate limit', async () => {
      const { port } = limited.address() as AddressInfo
      const stderr = await refused('pull', `127.0.0.1:${port}/team/app:1`)
      expect(stderr).toMatch(/fewer requests|rate limit/i)
      expect(stderr).toContain('3600')
    })

    it('nobody there', async () => {
      expect(await refused('pull', '127.0.0.1:1/team/app:1')).toMatch(/127\.0\.0\.1:1 cannot be reached/)
    })

    it('nothing to push', async () => {
      expect(await refused('push', `${plain.host}/none/app:1`)).toContain(
        `An image does not exist locally with the tag: ${plain.host}/none/app`,
      )
    })
  })
})
