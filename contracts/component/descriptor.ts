import { Type, type Static } from 'typebox'
import { Grants } from './grants.ts'
import { Closed, OneOf, StringMap } from './schemas.ts'

/** The ways in which a component can run. */
export const runModes = ['module', 'process', 'container', 'docker'] as const
export type RunMode = (typeof runModes)[number]

/**
 * What a component may do on the host beyond its own folders. In `module` mode this is a statement
 * for the reader of the lock, not a fence: a module has the full trust of the engine.
 */
export const permissions = {
  'host.mount': 'mount and unmount file systems',
  'host.network': 'change links, addresses, routes and firewall rules of the host',
  'host.namespaces': 'create and enter namespaces',
  'host.processes': 'start processes that outlive it',
  'host.cgroups': 'create and change cgroups',
  'host.devices': 'make and open device nodes',
  'host.files': 'read and write files outside its own folders',
  'socket.listen': 'listen on a socket that others connect to',
  'network.connect': 'connect to other hosts',
  'host.kernel': 'change what belongs to the whole host: its clock, modules, tracing of others',
} as const
export type Permission = keyof typeof permissions

const componentName = '^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$'
const contractId = '^[a-z0-9]+(\\.[a-z0-9]+)*$'

export const Provision = Closed({
  contract: Type.String({ pattern: contractId }),
  version: Type.String({ description: 'Version of the contract that the component was written against' }),
  driver: Type.Optional(
    Type.String({
      pattern: '^[a-z0-9][a-z0-9_.-]*$',
      description: 'Name by which users select it; an assembly may give another',
    }),
  ),
  dynamic: Type.Optional(
    Type.Boolean({
      description: 'Drivers of this contract are found while the component runs; by itself it provides none',
    }),
  ),
})
export type Provision = Static<typeof Provision>

export const Requirement = Closed({
  contract: Type.String({ pattern: contractId }),
  range: Type.String({ description: 'Semver range of contract versions' }),
  many: Type.Optional(Type.Boolean({ description: 'Takes every driver of the contract, by name' })),
  optional: Type.Optional(Type.Boolean({ description: 'Runs without it' })),
})
export type Requirement = Static<typeof Requirement>

export const ComponentImage = Closed({
  folder: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'Relative to the descriptor: an OCI image layout, or an unpacked root. Absent: the programs of the host and ' +
        'the payload, read-only',
    }),
  ),
  command: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      description: 'Absent: entry point and command of the image; without a folder what runs in `process` mode',
    }),
  ),
  environment: Type.Optional(StringMap('Added to that of the image')),
  user: Type.Optional(Type.String({ description: '`user[:group]`; absent: that of the image, else root' })),
  workingDirectory: Type.Optional(Type.String({ pattern: '^/' })),
})
export type ComponentImage = Static<typeof ComponentImage>

/** `component.yaml`: what a solver and an operator need to know, readable without running any code. */
export const Descriptor = Closed({
  name: Type.String({ pattern: componentName, description: 'scope/name' }),
  version: Type.String({ description: 'Semantic version' }),
  description: Type.String(),
  modes: Type.Array(OneOf(runModes), { minItems: 1 }),
  entry: Type.Optional(Type.String({ description: 'Module to import in `module` mode, relative to the descriptor' })),
  command: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description:
        'Program and arguments in `process` mode; a program with a slash is relative to the descriptor, another is ' +
        'looked up in PATH. Absent: `entry`, run by a Node of the kernel',
    }),
  ),
  image: Type.Optional(ComponentImage),
  grants: Type.Optional(Grants),
  provides: Type.Array(Provision),
  requires: Type.Optional(Type.Array(Requirement)),
  config: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'JSON Schema of the configuration, with defaults' }),
  ),
  permissions: Type.Optional(Type.Array(OneOf(Object.keys(permissions) as Permission[]))),
  startDeadlineMs: Type.Optional(Type.Integer({ minimum: 1, description: 'Default 30000' })),
  stopDeadlineMs: Type.Optional(Type.Integer({ minimum: 1, description: 'Default 15000' })),
})
export type Descriptor = Static<typeof Descriptor>
