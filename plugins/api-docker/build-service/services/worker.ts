import type { Handles } from '../../server/handles.ts'
import type { WorkerRecord } from '../messages/control-messages.ts'

/** What tells its version: a builder of this engine, no BuildKit. */
export const builderVersion = { package: 'moby-origin/builder-dockerfile', version: 'v0.1.0' }

const gatewayLabel = 'org.mobyproject.buildkit.worker.moby.host-gateway-ip'
const architecture = { x64: 'amd64', ia32: '386' }[process.arch as string] ?? process.arch

/**
 * The one worker there is. It has no label of a snapshotter, by which buildx would take the engine for one that keeps
 * images in containerd.
 */
export async function describeWorker({ networks }: Handles, signal: AbortSignal): Promise<WorkerRecord> {
  return {
    id: 'moby-origin',
    labels: {
      'org.mobyproject.buildkit.worker.executor': 'moby-origin',
      ...(await hostGateway(networks, signal)),
    },
    platforms: [{ os: 'linux', architecture, variant: '' }],
    version: builderVersion,
  }
}

/** What `host-gateway` stands for in `--add-host`; buildx asks for it. Absent on a host without the network. */
async function hostGateway(networks: Handles['networks'], signal: AbortSignal): Promise<Record<string, string>> {
  try {
    const { ipam } = await networks.inspect({ ref: 'bridge' }, { signal })
    const gateway = ipam.find(({ gateway = '' }) => gateway.includes('.'))?.gateway
    return gateway === undefined ? {} : { [gatewayLabel]: gateway.replace(/\/\d+$/, '') }
  } catch {
    return {}
  }
}
