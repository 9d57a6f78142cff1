import type { Script } from '../script.ts'
import { shapeOf } from '../shape.ts'
import { clear, launch, sleeper } from './scenery.ts'

/** Answers about the engine, its images, networks and volumes. */
export const lists: Script = {
  name: 'lists',
  recorded: true,
  async run(subject, note) {
    await subject.api('POST', '/networks/create', {
      Name: 'lists',
      Labels: { a: 'b' },
      IPAM: { Config: [{ Subnet: '10.95.0.0/24' }] },
    })
    note(
      'create a network',
      await subject.api('POST', '/networks/create', {
        Name: 'inner',
        Internal: true,
        Options: { 'com.docker.network.driver.mtu': '1400' },
      }),
    )
    note('create a volume', await subject.api('POST', '/volumes/create', { Name: 'lists', Labels: { a: 'b' } }))
    note('create the volume again', await subject.api('POST', '/volumes/create', { Name: 'lists' }))
    note(
      'create a volume with options',
      await subject.api('POST', '/volumes/create', { Name: 'memory', DriverOpts: { type: 'tmpfs', device: 'tmpfs' } }),
    )
    await launch(subject, 'lists', { Cmd: sleeper, HostConfig: { NetworkMode: 'lists', Binds: ['lists:/data'] } })
    note('version', shapeOf(await subject.api('GET', '/version')))
    note('info', shapeOf(await subject.api('GET', '/info')))
    note('ping', await subject.api('GET', '/_ping'))
    note('images', await subject.api('GET', '/images/json'))
    note('images with all', await subject.api('GET', '/images/json?all=1&shared-size=1&digests=1'))
    note(
      'images by reference',
      await subject.api('GET', `/images/json?filters=${encodeURIComponent('{"reference":["busy*"]}')}`),
    )
    note('inspect an image', await subject.api('GET', '/images/busybox/json'))
    note('history', await subject.api('GET', '/images/busybox/history'))
    note('tag', await subject.api('POST', '/images/busybox/tag?repo=other&tag=one'))
    note('remove a tag', await subject.api('DELETE', '/images/other:one'))
    const networks = (await subject.api('GET', '/networks')).body as { Name: string }[]
    note('networks', Object.fromEntries(networks.map((each) => [each.Name, each])))
    for (const name of ['bridge', 'host', 'none', 'lists', 'inner']) {
      note(`inspect network ${name}`, await subject.api('GET', `/networks/${name}`))
    }
    note(
      'connect',
      await subject.api('POST', '/networks/inner/connect', { Container: 'lists', EndpointConfig: { Aliases: ['x'] } }),
    )
    note(
      'networks of the container',
      ((await subject.api('GET', '/containers/lists/json')).body as { NetworkSettings: unknown }).NetworkSettings,
    )
    note('disconnect', await subject.api('POST', '/networks/inner/disconnect', { Container: 'lists' }))
    note('remove a network', await subject.api('DELETE', '/networks/inner'))
    note('volumes', sortVolumes((await subject.api('GET', '/volumes')).body))
    note('inspect a volume', await subject.api('GET', '/volumes/lists'))
    note('inspect a volume with options', await subject.api('GET', '/volumes/memory'))
    note('stats', shapeOf(await subject.api('GET', '/containers/lists/stats?stream=0')))
    note('stats at once', shapeOf(await subject.api('GET', '/containers/lists/stats?stream=0&one-shot=1')))
    note('disk usage', shapeOf(await subject.api('GET', '/system/df')))
    const created = await subject.api('POST', '/containers/lists/exec', {
      Cmd: ['sh', '-c', 'echo x; exit 4'],
      AttachStdout: true,
      Env: ['A=b'],
    })
    note('create an exec', created)
    const exec = (created.body as { Id: string }).Id
    note('inspect an exec before', await subject.api('GET', `/exec/${exec}/json`))
    const started = await subject.raw('POST', `/exec/${exec}/start`, {})
    note('start an exec', { status: started.status, type: started.type })
    note('inspect an exec after', await subject.api('GET', `/exec/${exec}/json`))
    note('start an exec twice', await subject.api('POST', `/exec/${exec}/start`, {}))
    await clear(subject, 'lists')
    note(
      'prune volumes',
      pruned(await subject.api('POST', `/volumes/prune?filters=${encodeURIComponent('{"all":["true"]}')}`)),
    )
    await subject.api('DELETE', '/volumes/memory')
    note('prune networks', await subject.api('POST', '/networks/prune'))
    note('prune containers', await subject.api('POST', '/containers/prune'))
    note('prune images', await subject.api('POST', '/images/prune'))
  },
}

function sortVolumes(body: unknown): unknown {
  const { Volumes, ...rest } = body as { Volumes: { Name: string }[] }
  return { ...rest, Volumes: Volumes.toSorted((a, b) => (a.Name < b.Name ? -1 : 1)) }
}

function pruned(answer: { status: number; body: unknown }): unknown {
  const { VolumesDeleted, ...rest } = answer.body as { VolumesDeleted: string[] }
  return { status: answer.status, ...rest, VolumesDeleted: VolumesDeleted.toSorted() }
}
