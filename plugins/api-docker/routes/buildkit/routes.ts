import type { BuildkitEnd } from '../../buildkit/buildkit-end.ts'
import type { ApiRequest, Route } from '../../server/route.ts'
import { invalidRequest } from '../../wire/api-error.ts'

const protocol = 'h2c'

/** What buildx asks an engine with BuildKit for. */
export function buildkitRoutes(buildkit: BuildkitEnd): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/grpc',
      hijack: true,
      async handle(request) {
        checkProtocol(request)
        await request.allow('builder.connect', { service: 'control' })
        return {
          kind: 'upgrade',
          protocol,
          async run(socket) {
            await buildkit.serveControl(socket, request.engine)
          },
        }
      },
    },
    {
      method: 'POST',
      path: '/session',
      hijack: true,
      async handle(request) {
        checkProtocol(request)
        await request.allow('builder.connect', { service: 'session' })
        const run = await buildkit.openSession(plainHeaders(request), request.engine, request.signal)
        return { kind: 'upgrade', protocol, run }
      },
    },
  ]
}

function checkProtocol({ headers }: ApiRequest): void {
  const asked = headers.upgrade
  if (asked === undefined || asked === '') throw invalidRequest('no upgrade proto in request')
  if (asked !== protocol) throw invalidRequest(`protocol ${asked} not supported`)
}

function plainHeaders({ headers }: ApiRequest): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ])
  return Object.fromEntries(entries) as Record<string, string>
}
