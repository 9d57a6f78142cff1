import type { ContainerContext } from './container-context.ts'
import type { ContainerRecord } from './container-record.ts'

/** Publishes an event of a container with the attributes that Docker gives: labels, image, name, and more. */
export function tell(
  context: Pick<ContainerContext, 'events'>,
  record: ContainerRecord,
  action: string,
  more: Readonly<Record<string, string>> = {},
): void {
  context.events.publish('container', action, record.id, {
    ...record.process.labels,
    image: record.image.reference,
    name: record.name,
    ...more,
  })
}
