import { authAuthenticate, authAuthorize, builder, codedError, defineComponent } from '@moby/contracts'
import { join } from 'node:path'
import process from 'node:process'
import { BuildService } from './build-service/build-service.ts'
import { BuildkitBridge } from './buildkit/bridge.ts'
import { newestVersion } from './compat/api-version.ts'
import { takeInheritedSockets } from './listen/inherited-sockets.ts'
import { readListenAddress } from './listen/listen-address.ts'
import { Listener } from './listen/listener.ts'
import type { TlsConfig } from './listen/tls-settings.ts'
import { routeTable } from './routes/table.ts'
import { Dispatcher } from './server/dispatcher.ts'
import { takeHandles } from './server/handles.ts'
import type { CheckAnswer, Headers } from './server/route.ts'
import { Router } from './server/router.ts'
import { hostFacts } from './translate/host-facts.ts'

interface Config {
  readonly hosts: readonly string[]
  readonly buildkit?: string
  readonly tls?: TlsConfig
  readonly anonymousTcp?: boolean
}

/** The Docker Engine API. It listens when the whole assembly is ready. */
export default defineComponent<Config>({
  async create(context) {
    const handles = takeHandles(context)
    const authenticate = context.one(authAuthenticate)
    const authorizers = context.many(authAuthorize)
    const { buildkit } = context.config
    const addresses = new Set(context.config.hosts)
    if (addresses.size === 0) addresses.add(`unix://${join(context.instance.runRoot, 'docker.sock')}`)
    // What cannot be an address is told before anything is started.
    for (const address of addresses) readListenAddress(address)
    const builders = context.many(builder)
    const router = new Router(
      routeTable({
        authorizers: () => authorizers.list().map(({ name }) => name),
        buildkit:
          buildkit === undefined
            ? new BuildService(join(context.folders.data, 'exports'))
            : new BuildkitBridge(socketPath(buildkit)),
        builds: () => buildkit !== undefined || builders.list().length > 0,
      }),
    )
    const dispatcher = new Dispatcher({ router, handles, authorizers, log: context.log, check: await checkOfTests() })
    // Before others start programs, which would take the variables for theirs.
    const inherited = takeInheritedSockets(process.env, process.pid)
    let listener: Listener | undefined
    return {
      provides: {},
      async start() {
        const headers = commonHeaders((await handles.system.version({})).version)
        // So that the first creation of a container does not wait for it; what fails here, fails there with its reason.
        hostFacts(handles).catch(() => undefined)
        const { tls, anonymousTcp = false } = context.config
        const { log } = context
        listener = new Listener({ authenticate, dispatcher, log, headers, inherited, tls, anonymousTcp })
        try {
          for (const address of addresses) await listener.open(address)
        } catch (error) {
          await listener.close()
          throw error
        }
      },
      async stop() {
        await listener?.close()
      },
    }
  },
})

/** Tests set the variable; nobody else pays for the check. */
async function checkOfTests(): Promise<CheckAnswer | undefined> {
  if (process.env['MOBY_CHECK_ANSWERS'] !== '1') return undefined
  return (await import('./openapi/check-answer.ts')).checkAnswer
}

function commonHeaders(version: string): Headers {
  return {
    'Api-Version': newestVersion,
    'Docker-Experimental': 'false',
    Ostype: 'linux',
    Server: `Docker/${version} (linux)`,
  }
}

function socketPath(host: string): string {
  const path = /^unix:\/\/(\/.+)$/s.exec(host)?.[1]
  if (path !== undefined) return path
  throw codedError('API_SOCKET_INVALID', `${host} is not the address of a socket`, {
    hint: 'Write unix:// and an absolute path.',
  })
}
