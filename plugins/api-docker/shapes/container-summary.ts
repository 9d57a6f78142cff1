import type { Container } from '@moby/contracts'
import { exactNumber } from '../wire/exact-number.ts'
import { mountsShape } from './mounts.ts'
import { endpointSummaryShape, networksShape, portListShape } from './network-settings.ts'
import { statusText } from './state.ts'

/** One row of GET /containers/json in the newest version. */
export function containerSummaryShape(container: Container): Record<string, unknown> {
  const annotations = container.spec.annotations ?? {}
  return {
    Id: container.id,
    Names: [`/${container.name}`],
    Image: container.image.reference === '' ? container.image.id : container.image.reference,
    ImageID: container.image.id,
    Command: commandText(container.process),
    Created: Math.floor(Date.parse(container.createdAt) / 1000),
    Ports: portListShape(container),
    ...(isPositive(container.sizeRw) ? { SizeRw: exactNumber(container.sizeRw) } : {}),
    ...(isPositive(container.sizeRootFs) ? { SizeRootFs: exactNumber(container.sizeRootFs) } : {}),
    Labels: container.process.labels,
    State: container.state.status,
    Status: statusText(container),
    HostConfig: {
      NetworkMode: container.spec.networkMode ?? 'bridge',
      ...(Object.keys(annotations).length === 0 ? {} : { Annotations: annotations }),
    },
    NetworkSettings: { Networks: networksShape(container, endpointSummaryShape) },
    Mounts: mountsShape(container),
  }
}

/** The program and its arguments in one line; arguments with blanks in quotes. */
function commandText({ path, args }: Container['process']): string {
  return [path, ...args.map((argument) => (argument.includes(' ') ? `'${argument}'` : argument))].join(' ')
}

/** Docker leaves sizes out where they are zero. */
function isPositive(size: string | undefined): size is string {
  return size !== undefined && BigInt(size) > 0n
}
