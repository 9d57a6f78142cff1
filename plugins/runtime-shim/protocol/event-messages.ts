import { Any, defineMethod, Empty, message, nested, string, Timestamp } from '@moby/lib-ttrpc'

const Envelope = message('containerd.types.Envelope', {
  timestamp: nested(1, Timestamp),
  namespace: string(2),
  topic: string(3),
  event: nested(4, Any),
})

const ForwardRequest = message('containerd.services.events.ttrpc.v1.ForwardRequest', { envelope: nested(1, Envelope) })

/** By which a shim tells of events: it is the client here. */
export const forward = defineMethod('containerd.services.events.ttrpc.v1.Events', 'Forward', ForwardRequest, Empty)

export const oomTopic = '/tasks/oom'
export const TaskOom = message('containerd.events.TaskOOM', { containerId: string(1) })
