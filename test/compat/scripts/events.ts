import { setTimeout as sleep } from 'node:timers/promises'
import type { Script } from '../script.ts'
import { clear, launch, make, sleeper } from './scenery.ts'

/** What happens, told with its attributes, from one second before to one after. */
export const events: Script = {
  name: 'events',
  recorded: true,
  async run(subject, note) {
    await sleep(1100)
    const since = Math.floor(Date.now() / 1000)
    await subject.api('POST', '/volumes/create', { Name: 'events' })
    await subject.api('POST', '/networks/create', { Name: 'events' })
    await launch(subject, 'events', {
      Cmd: sleeper,
      Labels: { a: 'b' },
      HostConfig: { NetworkMode: 'events', Binds: ['events:/data:ro'] },
    })
    await subject.docker(['exec', 'events', 'true'])
    await subject.api('POST', '/containers/events/pause')
    await subject.api('POST', '/containers/events/unpause')
    await subject.api('POST', '/containers/events/rename?name=renamed')
    await subject.api('GET', '/containers/renamed/top')
    await subject.api('POST', '/containers/renamed/update', { CpuShares: 512 })
    await subject.api('POST', '/containers/renamed/kill?signal=WINCH')
    await subject.api('POST', '/containers/renamed/restart?t=5')
    await subject.api('POST', '/containers/renamed/stop?t=5')
    await subject.api('DELETE', '/containers/renamed')
    await make(subject, 'fails', { Cmd: ['/nope'] })
    await subject.api('POST', '/containers/fails/start')
    await clear(subject, 'fails')
    await launch(subject, 'forced', { Cmd: sleeper, HostConfig: { NetworkMode: 'none' } })
    await clear(subject, 'forced')
    await subject.docker(['run', '--rm', '--network', 'none', '--name', 'short', 'busybox', 'sh', '-c', 'exit 3'])
    await subject.api('POST', '/images/busybox/tag?repo=events')
    await subject.api('DELETE', '/images/events')
    await subject.api('DELETE', '/networks/events')
    await subject.api('DELETE', '/volumes/events')
    await subject.api('POST', '/containers/prune')
    await sleep(1100)
    const until = Math.floor(Date.now() / 1000)
    const { body } = await subject.api('GET', `/events?since=${since}&until=${until}`)
    const list = body as { Type: string; Action: string; Actor: { Attributes: Record<string, string> } }[]
    for (const type of ['container', 'network', 'volume', 'image']) {
      const own = list.filter((each) => each.Type === type)
      note(
        `${type} events`,
        own.map((each) => each.Action.replace(/(exec_\w+: ).*/, '$1…')),
      )
      const last = new Map(own.map((each) => [each.Action.replace(/(exec_\w+): .*/, '$1'), each]))
      for (const [action, event] of last) note(`${type} ${action}`, event)
    }
  },
}
