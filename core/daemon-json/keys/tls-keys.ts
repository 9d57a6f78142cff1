import { Type } from 'typebox'
import { holds, key, refused, taken, wrong, type DaemonKey, type Outcome, type Values } from '../daemon-key.ts'
import { frontEnd } from '../takers.ts'

const Text = Type.String({ minLength: 1 })
const files = { tlscacert: 'ca', tlscert: 'cert', tlskey: 'key' } as const

/** Certificates of the API on the network: both sides show theirs, or there is none. */
export const tlsKeys: Readonly<Record<string, DaemonKey>> = {
  tlsverify: key(Type.Boolean(), (value, all) => {
    if (!value) return open(all)
    const missing = Object.keys(files).find((name) => all[name] === undefined)
    if (missing !== undefined) return wrong(`it needs ${missing} too`, `write "${missing}": "/path/to/file.pem"`)
    const tls = Object.fromEntries(Object.entries(files).map(([name, path]) => [path, all[name]]))
    return taken(frontEnd(tls, 'tls'))
  }),
  tls: key(Type.Boolean(), (value, all) => {
    if (all['tlsverify'] === true) return holds('tlsverify is on, which is more')
    return value
      ? refused('callers without a certificate would be root of this host', 'write "tlsverify": true')
      : open(all)
  }),
  tlscacert: key(Text, (_, all) => file(all)),
  tlscert: key(Text, (_, all) => file(all)),
  tlskey: key(Text, (_, all) => file(all)),
}

function file(all: Values): Outcome {
  return all['tlsverify'] === true
    ? holds('tlsverify takes it')
    : wrong('it has no use without tlsverify', 'write "tlsverify": true')
}

function open(all: Values): Outcome {
  const hosts = Array.isArray(all['hosts']) ? all['hosts'] : []
  if (!hosts.some((host) => String(host).startsWith('tcp://'))) return holds('nothing listens on the network')
  return refused(
    'whoever reaches tcp:// would be root of this host',
    'write "tlsverify": true, or anonymousTcp: true in the configuration of the API in the manifest',
  )
}
