import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, openSync, closeSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeCertificate, type Certificate } from './certificates.ts'
import { TokenServer } from './token-server.ts'

/** Where `make-registry` puts the peer unless the environment says otherwise. */
const registryFolder = process.env['MOBY_PEER_REGISTRY'] ?? join(import.meta.dirname, '../../.cache/docker-registry')
const binary = join(registryFolder, 'usr/bin/docker-registry')

/** What `basic` and `token` registries let in. */
export const registryUser = { username: 'tester', password: 'open sesame' }
// The registry reads nothing but bcrypt: this is the password above.
const htpasswd = 'tester:$2b$05$Xx7imvjmabU4MygH3rofx.WZT9/gAAcuxEFsIKOrKiUQ.7icThV0u\n'

export interface RegistryWishes {
  /** `trusted`: for 127.0.0.1 and localhost, of an authority of the test. The others have what their name says. */
  readonly tls?: 'trusted' | 'expired' | 'wrong-host'
  /** Asks clients for a certificate of the same authority. */
  readonly clientCertificates?: boolean
  readonly auth?: 'basic' | 'token'
  /** With `auth: 'token'`: seconds that tokens live, absent 60, and repositories that anybody may pull from. */
  readonly tokenLifetime?: number
  readonly open?: RegExp
  /** Another registry that this one is a mirror of, as URL. */
  readonly mirrorOf?: string
}

/** A real registry on loopback, with a folder of its own that is gone afterwards. */
export class RegistryPeer {
  /** `127.0.0.1:PORT`: the registry as references name it. */
  readonly host: string
  readonly url: string
  /** With `tls`: the authority, and a client certificate that it issued. */
  readonly authority: Certificate | undefined
  readonly client: Certificate | undefined
  /** With `auth: 'token'`: the token service and what it was asked. */
  readonly tokens: TokenServer | undefined
  /** Where it keeps blobs and manifests. */
  readonly storage: string
  readonly #folder: string
  readonly #child: ChildProcess

  private constructor(start: Started) {
    this.#folder = start.folder
    this.#child = start.child
    this.host = start.address
    this.url = `${start.authority === undefined ? 'http' : 'https'}://${start.address}`
    this.authority = start.authority
    this.client = start.client
    this.tokens = start.tokens
    this.storage = join(start.folder, 'storage')
  }

  /** Starts it and waits until it takes connections. Fails when the binary is missing or the registry ends. */
  static async start(wishes: RegistryWishes = {}): Promise<RegistryPeer> {
    if (!existsSync(binary)) throw new Error(`There is no registry at ${binary}; run: test/peers/make-registry`)
    const folder = await mkdtemp(join(tmpdir(), 'moby-registry-'))
    const tokens = await startTokenServer(folder, wishes)
    try {
      const certificates = wishes.tls === undefined ? undefined : await writeCertificates(folder, wishes)
      const address = `127.0.0.1:${await freePort()}`
      const child = await run(folder, address, wishes, tokens)
      return new RegistryPeer({ folder, address, child, tokens, ...certificates })
    } catch (error) {
      await tokens?.stop()
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve))
      this.#child.kill('SIGKILL')
      await ended
    }
    await this.tokens?.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

interface Started {
  readonly folder: string
  readonly address: string
  readonly child: ChildProcess
  readonly tokens: TokenServer | undefined
  readonly authority?: Certificate
  readonly client?: Certificate
}

async function startTokenServer(folder: string, wishes: RegistryWishes): Promise<TokenServer | undefined> {
  if (wishes.auth !== 'token') return undefined
  const signer = makeCertificate({ subject: 'token signer' })
  await writeFile(join(folder, 'signer.pem'), signer.pem)
  return new TokenServer({
    signer,
    issuer: 'test issuer',
    service: 'test registry',
    ...registryUser,
    ...(wishes.tokenLifetime === undefined ? {} : { lifetime: wishes.tokenLifetime }),
    ...(wishes.open === undefined ? {} : { open: wishes.open }),
  }).start()
}

async function writeCertificates(folder: string, { tls }: RegistryWishes) {
  const authority = makeCertificate({ subject: 'authority of the test', authority: true })
  const server = makeCertificate({
    subject: 'registry of the test',
    names: tls === 'wrong-host' ? ['registry.test'] : ['127.0.0.1', 'localhost'],
    issuer: authority,
    ...(tls === 'expired' ? { fromDay: -30, toDay: -2 } : {}),
  })
  const client = makeCertificate({ subject: 'client of the test', issuer: authority })
  await writeFile(join(folder, 'ca.pem'), authority.pem)
  await writeFile(join(folder, 'server.pem'), server.pem)
  await writeFile(join(folder, 'server.key'), server.keyPem)
  return { authority, client }
}

async function run(
  folder: string,
  address: string,
  wishes: RegistryWishes,
  tokens: TokenServer | undefined,
): Promise<ChildProcess> {
  await mkdir(join(folder, 'storage'))
  await writeFile(join(folder, 'htpasswd'), htpasswd)
  // JSON is YAML too.
  await writeFile(join(folder, 'config.yml'), JSON.stringify(configuration(folder, address, wishes, tokens)))
  const log = openSync(join(folder, 'log'), 'a')
  const child = spawn(binary, ['serve', join(folder, 'config.yml')], {
    stdio: ['ignore', log, log],
    env: { PATH: '/usr/bin:/bin', OTEL_TRACES_EXPORTER: 'none' },
  })
  closeSync(log)
  const port = Number(address.split(':')[1])
  for (let tries = 0; tries < 3_000 && child.exitCode === null; tries += 1) {
    if (await takesConnections(port)) return child
    await sleep(20)
  }
  child.kill('SIGKILL')
  const text = await readFile(join(folder, 'log'), 'utf8')
  throw new Error(`the registry did not start:\n${text.split('\n').slice(-20).join('\n')}`)
}

function configuration(folder: string, address: string, wishes: RegistryWishes, tokens: TokenServer | undefined) {
  const tls = {
    certificate: join(folder, 'server.pem'),
    key: join(folder, 'server.key'),
    ...(wishes.clientCertificates === true ? { clientcas: [join(folder, 'ca.pem')] } : {}),
  }
  const token = {
    realm: tokens?.url,
    service: 'test registry',
    issuer: 'test issuer',
    rootcertbundle: join(folder, 'signer.pem'),
  }
  const auth =
    wishes.auth === 'basic'
      ? { auth: { htpasswd: { realm: 'registry of the test', path: join(folder, 'htpasswd') } } }
      : wishes.auth === 'token'
        ? { auth: { token } }
        : {}
  return {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'storage') }, delete: { enabled: true } },
    http: { addr: address, ...(wishes.tls === undefined ? {} : { tls }) },
    ...(wishes.mirrorOf === undefined ? {} : { proxy: { remoteurl: wishes.mirrorOf } }),
    ...auth,
  }
}

async function takesConnections(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('close', () => undefined).once('connect', () => socket.destroy())
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
