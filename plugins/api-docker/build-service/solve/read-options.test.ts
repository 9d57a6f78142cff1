import { describe, expect, it } from 'vitest'
import { readOptions } from './read-options.ts'

describe('options of the frontend', () => {
  it('are those of a build', () => {
    const { spec, sources } = readOptions({
      filename: 'app.Dockerfile',
      target: 'made',
      platform: 'linux/arm64',
      'no-cache': '',
      'image-resolve-mode': 'pull',
      'add-hosts': 'one=10.0.0.1,two=::1',
      'force-network-mode': 'host',
      'cgroup-parent': 'builds',
      'shm-size': '67108864',
      ulimit: 'nofile=1024:2048,nproc=5',
      memory: '1000000',
      cpusetcpus: '0-1',
      'build-arg:A': 'x=y',
      'build-arg:BUILDKIT_INLINE_CACHE': '1',
      'label:one': '1',
      'local-sessionid:context': 's2',
      'sharedkey:localdir:context': 'app',
      'vcs:revision': 'abc',
    })
    expect(spec).toMatchObject({
      dockerfile: 'app.Dockerfile',
      target: 'made',
      platform: 'linux/arm64',
      noCache: true,
      pull: true,
      extraHosts: ['one:10.0.0.1', 'two:::1'],
      network: 'host',
      args: { A: 'x=y' },
      labels: { one: '1' },
      limits: {
        cgroupParent: 'builds',
        shmSize: '67108864',
        memory: '1000000',
        cpusetCpus: '0-1',
        ulimits: [
          { name: 'nofile', soft: 1024, hard: 2048 },
          { name: 'nproc', soft: 5, hard: 5 },
        ],
      },
    })
    expect(Object.keys(spec.args)).toEqual(['A'])
    expect([...sources.sessions]).toEqual([['context', 's2']])
  })

  it('say where Dockerfile and context come from', () => {
    expect(readOptions({}).sources).toMatchObject({
      filename: 'Dockerfile',
      dockerfile: 'dockerfile',
      context: 'context',
    })
    expect(readOptions({ context: 'local:_context' }).sources).toMatchObject({ context: '_context', remote: undefined })
    const uploaded = { context: 'http://buildkit-session/x', dockerfilekey: 'dockerfile' }
    expect(readOptions(uploaded).sources).toMatchObject({ remote: uploaded.context, isLocalDockerfile: true })
  })

  it.each([
    ['context:base', 'docker-image://busybox', 'named build context base'],
    ['requestid', 'frontend.lint', 'does not answer frontend.lint'],
    ['attest:sbom', '', 'Attestations'],
    ['platform', 'linux/amd64,linux/arm64', 'one platform at a time'],
    ['no-cache', 'one,two', 'cache of some stages'],
    ['hostname', 'x', 'hostname=x'],
  ])('that cannot be kept are refused by their name: %s', (name, value, words) => {
    expect(() => readOptions({ [name]: value })).toThrow(
      expect.objectContaining({ code: 'NOT_SUPPORTED', message: expect.stringContaining(words) }),
    )
  })

  it.each([
    ['shm-size', 'much'],
    ['ulimit', 'nofile'],
    ['force-network-mode', 'mine'],
  ])('that cannot be read are refused: %s=%s', (name, value) => {
    expect(() => readOptions({ [name]: value })).toThrow(expect.objectContaining({ code: 'BUILD_OPTION_INVALID' }))
  })
})
