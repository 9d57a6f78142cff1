import { Type } from 'typebox'
import { holds, ignored, key, refused, taken, wrong, type DaemonKey, type Outcome } from '../daemon-key.ts'
import { engine, registries } from '../takers.ts'

const Text = Type.String()
const Texts = Type.Array(Type.String())
const Proxies = Type.Object(
  { 'http-proxy': Type.Optional(Text), 'https-proxy': Type.Optional(Text), 'no-proxy': Type.Optional(Text) },
  { additionalProperties: false },
)
const localNetworks = ['127.0.0.0/8', '::1/128']
const storageDrivers: Readonly<Record<string, string>> = { overlay2: 'overlay', overlay: 'overlay', vfs: 'copy' }

/** Registries, and where images are kept. */
export const imageKeys: Readonly<Record<string, DaemonKey>> = {
  'insecure-registries': key(Texts, (value) => {
    const network = value.find((each) => /\/\d+$/.test(each) && !localNetworks.includes(each))
    if (network !== undefined) {
      return refused(`${network} is a network, and registries are trusted one by one`, 'name the hosts: HOST:PORT')
    }
    const odd = value.find((each) => each.includes('://') || each === '')
    if (odd !== undefined) return wrong(`"${odd}" is no host`, 'write HOST or HOST:PORT, without http://')
    const hosts = value.filter((each) => !localNetworks.includes(each))
    return taken(...hosts.map((host) => registries(true, 'registries', host, 'insecure')))
  }),
  'registry-mirrors': key(Texts, (value) => {
    const odd = value.find((each) => !/^https?:\/\/[^/?#@]+\/?$/.test(each))
    if (odd !== undefined) return wrong(`"${odd}" is no mirror`, 'write https://HOST:PORT')
    return taken(
      registries(
        value.map((each) => each.replace(/\/$/, '')),
        'registries',
        'docker.io',
        'mirrors',
      ),
    )
  }),
  'allow-nondistributable-artifacts': key(Texts, () => ignored('layers are pushed to all registries alike')),
  proxies: key(Proxies, (value) => {
    const { 'http-proxy': http, 'https-proxy': https, 'no-proxy': no } = value
    return taken(
      ...Object.entries({ http, https, no }).flatMap(([name, url]) =>
        url === undefined ? [] : [registries(url, 'proxies', name)],
      ),
    )
  }),
  'http-proxy': key(Text, () => inProxies('http-proxy')),
  'https-proxy': key(Text, () => inProxies('https-proxy')),
  'no-proxy': key(Text, () => inProxies('no-proxy')),
  'max-concurrent-downloads': key(Type.Integer({ minimum: 0 }), (value) => concurrent(value, 'maxConcurrentDownloads')),
  'max-concurrent-uploads': key(Type.Integer({ minimum: 0 }), (value) => concurrent(value, 'maxConcurrentUploads')),
  'max-download-attempts': key(Type.Integer({ minimum: 0 }), () =>
    ignored('a download that breaks goes on from the byte where it was, as often as the registry lets it'),
  ),
  'storage-driver': key(Text, (value) => {
    const driver = storageDrivers[value]
    if (driver !== undefined) return taken(engine(driver, 'storage'))
    return value === ''
      ? holds('the driver of the assembly is taken')
      : refused(`there is no storage driver ${value}`, 'it can be overlay2, or vfs where the assembly has storage-copy')
  }),
  'storage-opts': key(Texts, (value) =>
    value.length === 0 ? holds('it sets nothing') : refused('storage drivers have no options', 'remove storage-opts'),
  ),
}

function inProxies(name: string): Outcome {
  return wrong('dockerd reads it inside of proxies alone', `write "proxies": { "${name}": ... }`)
}

/** 0 is the default, as for dockerd. */
function concurrent(value: number, name: string): Outcome {
  return value === 0 ? holds('0 stands for the default') : taken(engine(value, name))
}
