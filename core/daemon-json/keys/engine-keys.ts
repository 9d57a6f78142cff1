import { isAbsolute } from 'node:path'
import { Type } from 'typebox'
import { holds, ignored, key, refused, takenByEngine, taken, wrong, type DaemonKey } from '../daemon-key.ts'
import { frontEnd, metrics, plugins, socketRights, engine } from '../takers.ts'

const Text = Type.String()
const Texts = Type.Array(Type.String())
const Truth = Type.Boolean()

/** dockerd's words for its levels, and those of this log. */
const levels: Readonly<Record<string, 'debug' | 'info' | 'warn' | 'error'>> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'error',
  panic: 'error',
}

/** How the engine itself runs: folders, log, sockets, what it tells. */
export const engineKeys: Readonly<Record<string, DaemonKey>> = {
  'data-root': key(Text, (value) =>
    isAbsolute(value)
      ? takenByEngine({ dataRoot: value })
      : wrong('it must be an absolute path', 'write the whole path: /srv/moby-origin'),
  ),
  'exec-root': key(Text, () =>
    refused(
      'what need not survive a reboot is kept below the data root when that is named',
      'remove exec-root; with data-root DIR the files are in DIR/run',
    ),
  ),
  pidfile: key(Text, (value) =>
    isAbsolute(value)
      ? takenByEngine({ pidFile: value })
      : wrong('it must be an absolute path', 'write /run/moby-origin.pid'),
  ),
  debug: key(Truth, (value) => ({
    fate: 'taken',
    settings: [engine(value, 'debug')],
    ...(value ? { engine: { logLevel: 'debug' as const } } : {}),
  })),
  'log-level': key(Text, (value, all) => {
    const level = levels[value.toLowerCase()]
    if (level === undefined) return wrong('there is no such level', 'it can be debug, info, warn or error')
    return all['debug'] === true ? holds('debug is on, which is more') : takenByEngine({ logLevel: level })
  }),
  'log-format': key(Type.Union([Type.Literal('text'), Type.Literal('json')]), (value) =>
    takenByEngine({ logFormat: value }),
  ),
  'metrics-addr': key(Text, (value) => taken(metrics(value, 'metricsAddress'))),
  'raw-logs': key(Truth, () => holds('records have whole times and no colours')),
  'live-restore': key(Truth, (value) =>
    value ? holds('containers always go on without the engine') : takenByEngine({ stopContainers: true }),
  ),
  'shutdown-timeout': key(Type.Integer({ minimum: 0 }), () =>
    ignored('the end of the engine waits for each container as long as its own stop timeout says'),
  ),
  hosts: key(Texts, (value) => taken(frontEnd(value, 'hosts'))),
  group: key(Text, (value) => taken(socketRights(value, 'group'))),
  labels: key(Texts, (value) => {
    const odd = value.find((label) => !/^[^\s=]+=/.test(label))
    return odd === undefined ? taken(engine(value, 'labels')) : wrong(`"${odd}" is no label`, 'write KEY=VALUE')
  }),
  'authorization-plugins': key(Texts, (value) => taken(plugins(value, 'authorizationPlugins'))),
  'api-cors-header': key(Text, (value) =>
    value === '' ? holds('no such header is sent') : refused('dockerd has removed it too', 'remove api-cors-header'),
  ),
  'network-diagnostic-port': key(Type.Integer(), (value) =>
    value === 0
      ? holds('there is no such port')
      : refused('there is no diagnostic server of networks', 'remove network-diagnostic-port'),
  ),
  experimental: key(Truth, (value) =>
    value ? ignored('nothing here is only for experiments') : holds('nothing here is only for experiments'),
  ),
  rootless: key(Truth, (value) =>
    value ? refused('the engine runs as root', 'remove rootless') : holds('the engine runs as root'),
  ),
}
