import type { Script } from '../script.ts'
import { clear, launch, make, sleeper } from './scenery.ts'

/** Inspection, list entry and the like of a container from its creation to its end, and what belongs to it. */
export const containerAnswers: Script = {
  name: 'container-answers',
  recorded: true,
  async run(subject, note) {
    const listed = async (query: string) => {
      const { body, ...answer } = await subject.api('GET', `/containers/json?${query}`)
      // dockerd tells the ports in any order.
      const entries = (body as { Ports: { PrivatePort: number }[] }[]).map((each) => ({
        ...each,
        Ports: each.Ports.toSorted((a, b) => a.PrivatePort - b.PrivatePort),
      }))
      return { ...answer, body: entries }
    }
    const inspect = async (state: string) => {
      note(`inspect ${state}`, await subject.api('GET', '/containers/life/json'))
      note(`inspect ${state} with size`, shallow(await subject.api('GET', '/containers/life/json?size=1')))
      note(`list ${state}`, await listed('all=1'))
    }
    await make(subject, 'life', {
      Cmd: sleeper,
      Labels: { purpose: 'compare' },
      ExposedPorts: { '80/tcp': {}, '53/udp': {} },
      HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] }, Binds: ['kept:/kept'] },
    })
    await inspect('created')
    note('start', await subject.api('POST', '/containers/life/start'))
    await inspect('running')
    note('list by id and label', await listed(`filters=${encodeURIComponent('{"label":["purpose=compare"]}')}`))
    note('top', topTitles(await subject.api('GET', '/containers/life/top?ps_args=-o%20pid,args')))
    note('top by default', topTitles(await subject.api('GET', '/containers/life/top')))
    note('update', await subject.api('POST', '/containers/life/update', { RestartPolicy: { Name: 'no' } }))
    note('pause', await subject.api('POST', '/containers/life/pause'))
    await inspect('paused')
    note('unpause', await subject.api('POST', '/containers/life/unpause'))
    note('rename', await subject.api('POST', '/containers/life/rename?name=living'))
    note('rename back', await subject.api('POST', '/containers/living/rename?name=life'))
    await subject.docker(['exec', 'life', 'sh', '-c', 'echo x > /new; rm /bin/vi; touch /etc/passwd'])
    note('stop', await subject.api('POST', '/containers/life/stop?t=5'))
    note('changes', sorted(await subject.api('GET', '/containers/life/changes')))
    note('wait for what is done', await subject.api('POST', '/containers/life/wait'))
    await inspect('exited')
    note('network of what is done', shallow(await subject.api('GET', '/networks/bridge')))
    note('restart', await subject.api('POST', '/containers/life/restart?t=1'))
    note('kill', await subject.api('POST', '/containers/life/kill'))
    await subject.api('POST', '/containers/life/wait')
    await inspect('killed')
    note('remove', await subject.api('DELETE', '/containers/life?v=1'))
    await launch(subject, 'health', {
      Cmd: sleeper,
      Healthcheck: { Test: ['CMD', 'true'], Interval: 3_600_000_000_000, Retries: 2 },
    })
    note('inspect with a health check', await subject.api('GET', '/containers/health/json'))
    await clear(subject, 'health')
    const failed = await make(subject, 'failed', { Cmd: ['/no/such/program'] })
    note('start of no program', await subject.api('POST', `/containers/${failed}/start`))
    note('inspect failed', await subject.api('GET', '/containers/failed/json'))
    await clear(subject, 'failed')
    note(
      'create with warnings',
      await subject.api('POST', '/containers/create?name=warned', {
        Image: 'busybox',
        HostConfig: { NetworkMode: 'host', PortBindings: { '80/tcp': [{ HostPort: '80' }] } },
      }),
    )
    await clear(subject, 'warned')
    await launch(subject, 'first', {
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '18081' }] } },
      Cmd: sleeper,
    })
    await make(subject, 'second', {
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '18081' }] } },
      Cmd: sleeper,
    })
    note('start on a taken port', await subject.api('POST', '/containers/second/start'))
    await clear(subject, 'first', 'second')
    await subject.api('DELETE', '/volumes/kept')
  },
}

/** The first level of keys with simple values: the rest is compared elsewhere. */
function shallow(answer: { status: number; body: unknown }): unknown {
  const entries = Object.entries(answer.body ?? {}).filter(([, each]) => typeof each !== 'object')
  return { status: answer.status, body: Object.fromEntries(entries) }
}

function topTitles(answer: { status: number; body: unknown }): unknown {
  const { Titles, Processes = [] } = answer.body as { Titles: string[]; Processes?: string[][] }
  return { status: answer.status, Titles, columns: Processes[0]?.length }
}

/** dockerd tells changes in the order of its folders. */
function sorted(answer: { status: number; body: unknown }): unknown {
  const changes = answer.body as { Path: string }[]
  return { status: answer.status, body: changes.toSorted((a, b) => (a.Path < b.Path ? -1 : 1)) }
}
