import { authAuthenticate, authAuthorize, codedError, defineComponent } from '@moby/contracts'
import { join } from 'node:path'
import { BuildkitBridge } from './buildkit/bridge.ts'
import { newestVersion } from './compat/api-version.ts'
import { routeTable } from './routes/table.ts'
import { ApiServer } from './server/api-server.ts'
import { Dispatcher } from './server/dispatcher.ts'
import { takeHandles } from './server/handles.ts'
import { identifyPeers } from './server/peer-principals.ts'
import type { CheckAnswer, Headers } from './server/route.ts'
import { Router } from './server/router.ts'
import { hostFacts } from './translate/host-facts.ts'

interface Config {
  readonly hosts: readonly string[]
  readonly buildkit?: string
}

/** The Docker Engine API on Unix sockets. It listens when the whole assembly is ready. */
export default defineComponent<Config>({
  async create(context) {
    const handles = takeHandles(context)
    const authenticate = context.one(authAuthenticate)
    const authorizers = context.many(authAuthorize)
    const { buildkit } = context.config
    const paths = new Set(context.config.hosts.map(socketPath))
    if (paths.size === 0) paths.add(join(context.instance.runRoot, 'docker.sock'))
    const router = new Router(
      routeTable({
        authorizers: () => authorizers.list().map(({ name }) => name),
        buildkit: buildkit === undefined ? undefined : new BuildkitBridge(socketPath(buildkit)),
      }),
    )
    const dispatcher = new Dispatcher({ router, handles, authorizers, log: context.log, check: await checkOfTests() })
    const servers: ApiServer[] = []
    const closeAll = async () => {
      await Promise.all(servers.splice(0).map(async (server) => await server.close()))
    }
    const listen = async (path: string, headers: Headers) => {
      const server = new ApiServer({
        dispatcher,
        identify: identifyPeers(authenticate),
        commonHeaders: () => headers,
        log: context.log,
      })
      servers.push(server)
      await server.listen(path, await authenticate.socket({}))
      context.log.info('The Docker API listens', { path })
    }
    return {
      provides: {},
      async start() {
        const headers = commonHeaders((await handles.system.version({})).version)
        // So that the first creation of a container does not wait for it; what fails here, fails there with its reason.
        hostFacts(handles).catch(() => undefined)
        try {
          for (const path of paths) await listen(path, headers)
        } catch (error) {
          await closeAll()
          throw error
        }
      },
      async stop() {
        await closeAll()
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
