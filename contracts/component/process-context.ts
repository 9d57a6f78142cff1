import { Type, type Static } from 'typebox'
import { Maybe, Open } from './schemas.ts'

/** Version of the protocol between the kernel and a component in a process of its own. */
export const processProtocol = 1

/** Environment variable that holds the path of the file with a ProcessContext. */
export const contextVariable = 'MOBY_CONTEXT'

const RequiredContract = Open({
  contract: Type.String(),
  version: Type.String({ description: 'Version that the kernel serves' }),
  drivers: Maybe(
    Type.Array(Type.String(), {
      description: 'Only for a contract required with `many`: names for the header x-moby-driver',
    }),
  ),
})

/** `context.json`: all that a component in a process of its own is told at its start. Unknown keys are ignored. */
export const ProcessContext = Open({
  protocol: Type.Literal(processProtocol),
  name: Type.String({ description: 'Name of the entry in the assembly' }),
  component: Open({ name: Type.String(), version: Type.String() }),
  assembly: Open({ name: Type.String(), version: Type.String() }),
  instance: Open({
    id: Type.String({ description: 'Part of every name that is global on the host' }),
    dataRoot: Type.String(),
    runRoot: Type.String(),
  }),
  folders: Open({
    data: Type.String({ description: 'State; survives reboots' }),
    run: Type.String({ description: 'Sockets and other files of this run' }),
  }),
  config: Type.Record(Type.String(), Type.Unknown(), { description: 'Checked, defaults filled in' }),
  listen: Type.String({ description: 'Path of the Unix socket to serve on' }),
  offers: Maybe(
    Type.Array(Type.String(), {
      description: 'Contracts of which it may offer drivers while it runs (`dynamic: true`)',
    }),
  ),
  requires: Open({
    socket: Type.String({ description: 'Path of the Unix socket on which the kernel serves what is required' }),
    contracts: Type.Array(RequiredContract),
  }),
})
export type ProcessContext = Static<typeof ProcessContext>
