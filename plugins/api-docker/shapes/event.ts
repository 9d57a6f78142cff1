import type { EngineEvent } from '@moby/contracts'
import { exactNumber } from '../wire/exact-number.ts'
import { readRfc3339 } from '../wire/moment.ts'

/** An event with the older fields beside the newer ones, as every version served has them. */
export function eventShape(event: EngineEvent): Record<string, unknown> {
  const moment = readRfc3339(event.time) ?? 0n
  return {
    ...olderFields(event),
    Type: event.type,
    Action: event.action,
    Actor: { ID: event.id, Attributes: event.attributes },
    scope: 'local',
    time: Number(moment / 1_000_000_000n),
    timeNano: exactNumber(moment),
  }
}

function olderFields({ type, action, id, attributes }: EngineEvent): Record<string, string> {
  if (type === 'image') return { status: action, id }
  if (type !== 'container') return {}
  const from = attributes['image'] ?? ''
  return { status: action, ...(id === '' ? {} : { id }), ...(from === '' ? {} : { from }) }
}
