import { describe, expect, it } from 'vitest'
import { makeUnits } from './units.ts'

const facts = {
  moby: '/opt/moby origin/bin/moby',
  args: ['--data-root', '/srv/100%/$x'],
  socket: '/run/moby-origin/docker.sock',
  group: 'docker',
  systemd: 257,
}
/** The lines of a unit by key. */
function linesOf(unit: string | undefined): Record<string, string> {
  const pairs = [...(unit ?? '').matchAll(/^([A-Za-z]+)=(.*)$/gm)]
  return Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, value]))
}

describe('the units of systemd', () => {
  it('hand the socket over, and tell when the engine is ready and when it has read its files again', () => {
    const units = makeUnits(facts)
    expect(linesOf(units['moby-origin.socket'])).toMatchObject({
      ListenStream: '/run/moby-origin/docker.sock',
      SocketMode: '0660',
      SocketGroup: 'docker',
    })
    expect(linesOf(units['moby-origin.service'])).toMatchObject({
      Type: 'notify-reload',
      NotifyAccess: 'all',
      KillMode: 'process',
      Delegate: 'yes',
      Requires: 'moby-origin.socket',
    })
  })

  it('quote what the manager would read as something else', () => {
    expect(linesOf(makeUnits(facts)['moby-origin.service'])['ExecStart']).toBe(
      '"/opt/moby origin/bin/moby" up --host fd:// --data-root /srv/100%%/$$x',
    )
  })

  it('of a manager that knows no reload of services send the signal', () => {
    expect(linesOf(makeUnits({ ...facts, systemd: 252 })['moby-origin.service'])).toMatchObject({
      Type: 'notify',
      ExecReload: '/bin/kill -s HUP $MAINPID',
    })
  })
})
