import { Type, type Static } from 'typebox'
import { Maybe, OneOf, Open, StringMap } from '../component/schemas.ts'

const labels = StringMap('By name')

/** What was counted and measured since the engine started, as Prometheus has it. */
export const EngineMetrics = Open({
  families: Type.Array(
    Open({
      name: Type.String({ description: 'Whole name: engine_daemon_events_total' }),
      help: Type.String(),
      type: OneOf(['counter', 'gauge', 'histogram']),
      samples: Type.Array(Open({ labels, value: Type.Number() }), { description: 'Empty for a histogram' }),
      histograms: Maybe(
        Type.Array(
          Open({
            labels,
            buckets: Type.Array(Open({ le: Type.String(), count: Type.Integer() }), {
              description: 'Each counts those before it too; the last is +Inf',
            }),
            sum: Type.Number(),
            count: Type.Integer(),
          }),
        ),
      ),
    }),
  ),
})
export type EngineMetrics = Static<typeof EngineMetrics>
