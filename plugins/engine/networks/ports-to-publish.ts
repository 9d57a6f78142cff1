import type { PortBinding } from '@moby/contracts'
import type { ContainerRecord } from '../containers/container-record.ts'

/** Ports to publish: those listed, and with `--publish-all` every exposed one at a port that the driver chooses. */
export function portsToPublish({ spec, process }: ContainerRecord): PortBinding[] {
  const listed = [...(spec.ports ?? [])]
  if (spec.publishAllPorts !== true) return listed
  for (const exposed of process.exposedPorts) {
    const [port = '', protocol = 'tcp'] = exposed.split('/')
    const containerPort = Number(port)
    const known = listed.some((binding) => binding.containerPort === containerPort && binding.protocol === protocol)
    if (known || (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp')) continue
    listed.push({ protocol, containerPort })
  }
  return listed
}
