import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mustSkip } from '../skips.ts'
import { ConfiguredAssembly } from './configured-assembly.ts'
import { EngineProcess } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'

describe.skipIf(mustSkip('docker-cli'))('devices', () => {
  let engine: EngineProcess
  let assembly: ConfiguredAssembly

  beforeAll(async () => {
    assembly = await ConfiguredAssembly.write('moby/engine', async (folder) => {
      const [fixed, made] = [join(folder, 'cdi'), join(folder, 'cdi-run')]
      await mkdir(fixed)
      await writeFile(join(folder, 'lib'), 'of the vendor\n')
      const edits = {
        deviceNodes: [{ path: '/dev/vendor0', hostPath: '/dev/full', permissions: 'rw' }],
        env: ['DEV=0'],
      }
      const spec = {
        cdiVersion: '0.6.0',
        kind: 'vendor.com/card',
        containerEdits: {
          mounts: [{ hostPath: join(folder, 'lib'), containerPath: '/vendor/lib', options: ['ro', 'bind'] }],
        },
        devices: [{ name: '0', containerEdits: edits }],
      }
      await writeFile(join(fixed, 'vendor.json'), JSON.stringify(spec))
      await writeFile(join(fixed, 'broken.yaml'), 'cdiVersion: nine\n')
      return { cdiSpecDirs: [fixed, made] }
    })
    engine = await EngineProcess.start({ assembly: assembly.file, endsContainers: true })
    await engine.loadBusybox()
  })
  afterAll(async () => {
    expect(await engine.destroy()).toEqual(nothingLeft)
    await assembly.remove()
  })

  const run = async (flags: string[], ...command: string[]) => {
    const args = ['run', '--rm', '--network', 'none', ...flags, 'busybox', ...command]
    const { exitCode, stdout, stderr } = await engine.docker(args)
    return { exitCode, said: `${stdout}${stderr}` }
  }
  const script = 'echo $DEV; cat /vendor/lib; ls -l /dev/vendor0; echo x >/dev/vendor0'

  it('a device of CDI is put into a container as its spec says, and told by docker info', async () => {
    const { said } = await run(['--device', 'vendor.com/card=0'], 'sh', '-c', script)
    expect(said).toMatch(/^0\nof the vendor\ncrw.* 1, +7 .*\/dev\/vendor0.*No space left on device/s)
    const { body } = await engine.request('GET', '/v1.51/info')
    expect(JSON.parse(body)).toMatchObject({
      CDISpecDirs: [expect.stringMatching(/\/cdi$/), expect.stringMatching(/\/cdi-run$/)],
      DiscoveredDevices: [{ Source: 'cdi', ID: 'vendor.com/card=0' }],
      Warnings: expect.arrayContaining([
        expect.stringMatching(/^CDI: Error associated with spec file .*broken.yaml: .*invalid version "nine"$/),
      ]) as unknown,
    })
    await engine.docker(['create', '--name', 'told', '--device', 'vendor.com/card=0', 'busybox'])
    const told = await engine.docker(['inspect', '-f', '{{json .HostConfig.DeviceRequests}}', 'told'])
    expect(JSON.parse(told.stdout)).toEqual([
      { Driver: 'cdi', Count: 0, DeviceIDs: ['vendor.com/card=0'], Capabilities: null, Options: null },
    ])
    await engine.docker(['rm', 'told'])
  })

  it.each([
    [['--device', 'vendor.com/card=9'], 125, 'CDI device injection failed: unresolvable CDI devices vendor.com/card=9'],
    [['--gpus', 'all'], 125, 'could not select device driver "" with capabilities: [[gpu]]'],
    [
      ['--device', '/dev/nope'],
      127,
      'error gathering device information while adding custom device "/dev/nope": no such file or directory',
    ],
    [
      ['--device', '/etc/passwd'],
      125,
      'error gathering device information while adding custom device "/etc/passwd": not a device node',
    ],
  ])('a device that is not there is refused at the start: %j', async (flags, exitCode, words) => {
    const created = await engine.docker(['create', '--name', 'wants', '--network', 'none', ...flags, 'busybox', 'true'])
    expect([created.exitCode, created.stderr]).toEqual([0, ''])
    const { stderr } = await engine.docker(['start', 'wants'])
    expect(stderr).toContain(words)
    await engine.docker(['rm', 'wants'])
    expect(await run(flags, 'true')).toEqual({ exitCode, said: expect.stringContaining(words) as string })
  })

  it('devices are given by path, by folder and by rule', async () => {
    const listed = await run(
      ['--device', '/dev/net:/dev/nets:r', '--device', '/dev/full:/dev/filled'],
      'find',
      '/dev/nets',
      '/dev/filled',
    )
    expect(listed.said.split('\n').toSorted()).toEqual(['/dev/filled', '/dev/nets', '/dev/nets/tun'])
    const make = ['sh', '-c', 'mknod /dev/mine c 1 5 && head -c 1 /dev/mine | wc -c']
    const zero = await run(['--device-cgroup-rule', 'c 1:5 rwm', '--cap-add', 'MKNOD'], ...make)
    expect(zero).toEqual({ exitCode: 0, said: '1' })
    const privileged = await run(['--privileged', '--device', '/dev/full:/dev/named'], 'ls', '/dev/full', '/dev/named')
    expect(privileged).toEqual({ exitCode: 0, said: '/dev/full\n/dev/named' })
  })

  it('a limit of a block device that is not there is refused, where the host can limit at all', async () => {
    const { said } = await run(['--device-read-bps', '/dev/nope:1mb'], 'true')
    expect(said).toMatch(/stat \/dev\/nope: no such file or directory|Block I\/O BPS read limit discarded/)
  })
})
