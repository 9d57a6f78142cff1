import { authAuthenticate, authAuthorize, codedError, defineComponent } from '@moby/contracts'
import { join } from 'node:path'
import { newestVersion } from './compat/api-version.ts'
import { routeTable } from './routes/table.ts'
import { ApiServer } from './server/api-server.ts'
import { Dispatcher } from './server/dispatcher.ts'
import { takeHandles } from './server/handles.ts'
import { identifyPeers } from './server/peer-principals.ts'
import { Router } from './server/router.ts'

interface Config {
  readonly hosts: readonly string[]
}

/** The Docker Engine API on Unix sockets. It listens when the whole assembly is ready. */
export default defineComponent<Config>({
  async create(context) {
    const handles = takeHandles(context)
    const authenticate = context.one(authAuthenticate)
    const authorizers = context.many(authAuthorize)
    const router = new Router(routeTable({ authorizers: () => authorizers.list().map(({ name }) => name) }))
    const dispatcher = new Dispatcher({ router, handles, authorizers, log: context.log })
    const servers: ApiServer[] = []
    return {
      provides: {},
      async start() {
        const rights = await authenticate.socket({})
        const { version } = await handles.system.version({})
        const headers = {
          'Api-Version': newestVersion,
          'Docker-Experimental': 'false',
          Ostype: 'linux',
          Server: `Docker/${version} (linux)`,
        }
        const paths = context.config.hosts.map(socketPath)
        if (paths.length === 0) paths.push(join(context.instance.runRoot, 'docker.sock'))
        for (const path of new Set(paths)) {
          const server = new ApiServer({
            dispatcher,
            identify: identifyPeers(authenticate),
            commonHeaders: () => headers,
            log: context.log,
          })
          servers.push(server)
          await server.listen(path, rights)
          context.log.info('The Docker API listens', { path })
        }
      },
      async stop() {
        await Promise.all(servers.map(async (server) => await server.close()))
      },
    }
  },
})

function socketPath(host: string): string {
  const path = /^unix:\/\/(\/.+)$/s.exec(host)?.[1]
  if (path !== undefined) return path
  throw codedError('API_SOCKET_INVALID', `${host} is not the address of a socket`, {
    hint: 'Write unix:// and an absolute path.',
  })
}
