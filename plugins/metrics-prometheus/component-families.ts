import type { AssemblyMember } from '@moby/contracts'
import type { Family } from './render-families.ts'

/** How the components of the assembly are: what only this engine has. */
export function componentFamilies(members: readonly AssemblyMember[]): Family[] {
  return [
    {
      name: 'moby_component_ready',
      help: 'Whether a component is ready; 0 while it starts, is away, or works with restrictions',
      type: 'gauge',
      samples: members.map(({ name, component, version, mode, status }) => ({
        labels: { entry: name, component, version, mode, status },
        value: status === 'ready' ? 1 : 0,
      })),
    },
    {
      name: 'moby_component_start_seconds',
      help: 'How long a component took to be created and started',
      type: 'gauge',
      samples: members.flatMap(({ name, startMs }) =>
        startMs === undefined ? [] : [{ labels: { entry: name }, value: startMs / 1000 }],
      ),
    },
  ]
}
