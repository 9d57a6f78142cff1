import { createServer, type Server } from 'node:http'
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { ScriptedRegistry } from '../../../registry/client/fixtures/scripted-registry.ts'
import { makeCertificate } from '../../peers/certificates.ts'
import { Stage } from './clients.ts'

const stage = new Stage()
afterEach(() => stage.close())

const name = 'registry.test:5000'
const request = { registry: name, repository: 'team/app', reference: 'one' }

/** A registry with TLS under a name that nobody can look up, and its authority in a folder. */
async function open() {
  const authority = makeCertificate({ subject: 'authority', authority: true })
  const server = makeCertificate({ subject: 'server', names: ['registry.test'], issuer: authority })
  const registry = await ScriptedRegistry.start({ tls: { cert: server.pem, key: server.keyPem } })
  stage.later(() => registry.stop())
  registry.putManifest('team/app', 'one', { schemaVersion: 2 })
  const ca = `${await stage.folder({ 'ca.crt': authority.pem })}/ca.crt`
  const port = Number(registry.host.split(':')[1])
  return { registry, port, registries: { [name]: { ca } } }
}

async function listen(server: Server | TcpServer): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stage.later(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

/** A proxy that leads everything to one port; what it was asked for. */
async function httpProxy(port: number, wanted?: string) {
  const asked: string[] = []
  const server = createServer()
  server.on('connect', ({ url, headers }, client: Socket) => {
    asked.push(url ?? '')
    if (wanted !== undefined && headers['proxy-authorization'] !== wanted) {
      return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n')
    }
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.pipe(client).pipe(upstream)
    })
    for (const each of [upstream, client]) each.on('error', () => undefined)
  })
  return { asked, address: `127.0.0.1:${await listen(server)}` }
}

test('a registry is reached through the proxy, which looks its name up; TLS is with the registry', async () => {
  const { registry, port, registries } = await open()
  const proxy = await httpProxy(port)
  const client = stage.client({ registries, environment: { HTTPS_PROXY: `http://${proxy.address}` } })
  expect((await client.manifest(request)).size).toBe(19)
  expect(proxy.asked).toEqual([name])
  expect(registry.seen.length).toBe(1)
})

test('a proxy that wants a password gets the one of its URL, and the registry does not', async () => {
  const { registry, port, registries } = await open()
  const proxy = await httpProxy(port, `Basic ${Buffer.from('me:secret').toString('base64')}`)
  const client = stage.client({ registries, proxies: { https: `http://me:secret@${proxy.address}` } })
  expect((await client.manifest(request)).size).toBe(19)
  expect(registry.seen.every(({ headers }) => headers['proxy-authorization'] === undefined)).toBe(true)
  const without = stage.client({ registries, proxies: { https: `http://${proxy.address}` } })
  await expect(without.manifest(request)).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: `${name}/team/app:one: the proxy does not lead to ${name}: it answered 407`,
    hint: expect.stringContaining('NAME:PASSWORD'),
  })
})

test('a certificate is checked through a proxy too', async () => {
  const { port } = await open()
  const proxy = await httpProxy(port)
  const client = stage.client({ proxies: { https: `http://${proxy.address}` } })
  await expect(client.manifest(request)).rejects.toMatchObject({ code: 'REGISTRY_TLS' })
})

test('a proxy that is not there is told as such', async () => {
  const { registries } = await open()
  const client = stage.client({ registries, proxies: { https: 'http://127.0.0.1:1' } })
  await expect(client.manifest(request)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
})

test('a registry is reached through a SOCKS proxy', async () => {
  const { port, registries } = await open()
  const names: string[] = []
  const server = createTcpServer((client) => {
    client.on('error', () => undefined)
    // Greeting without authentication, then CONNECT to a domain name. Source: RFC 1928.
    client.once('data', () => {
      client.write(Buffer.from([5, 0]))
      client.once('data', (wish: Buffer) => {
        names.push(wish.subarray(5, 5 + (wish[4] ?? 0)).toString())
        const upstream = connect(port, '127.0.0.1', () => {
          client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
          upstream.pipe(client).pipe(upstream)
        })
        upstream.on('error', () => undefined)
      })
    })
  })
  const address = `127.0.0.1:${await listen(server)}`
  const client = stage.client({ registries, proxies: { https: `socks5://${address}` } })
  expect((await client.manifest(request)).size).toBe(19)
  expect(names).toEqual(['registry.test'])
})
