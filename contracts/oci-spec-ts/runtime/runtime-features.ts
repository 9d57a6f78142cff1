import { Type, type Static } from 'typebox'
import { StringMap, Strings } from '../schemas.ts'
import { makeValidator } from '../validator.ts'
import { NamespaceType } from './linux.ts'
import { SeccompAction, SeccompArchitecture, SeccompFlag, SeccompOperator } from './seccomp.ts'

const Enabled = Type.Object({ enabled: Type.Optional(Type.Boolean()) })

/** Absent members are unknown, empty lists are nothing. */
export const LinuxFeatures = Type.Object({
  namespaces: Type.Optional(Type.Array(NamespaceType)),
  capabilities: Type.Optional(Type.Array(Type.String({ pattern: '^CAP_[A-Z_]+$' }))),
  cgroup: Type.Optional(
    Type.Object({
      v1: Type.Optional(Type.Boolean()),
      v2: Type.Optional(Type.Boolean()),
      systemd: Type.Optional(Type.Boolean()),
      systemdUser: Type.Optional(Type.Boolean()),
      rdma: Type.Optional(Type.Boolean()),
    }),
  ),
  seccomp: Type.Optional(
    Type.Object({
      enabled: Type.Optional(Type.Boolean()),
      actions: Type.Optional(Type.Array(SeccompAction)),
      operators: Type.Optional(Type.Array(SeccompOperator)),
      archs: Type.Optional(Type.Array(SeccompArchitecture)),
      knownFlags: Type.Optional(Type.Array(SeccompFlag)),
      supportedFlags: Type.Optional(Type.Array(SeccompFlag)),
    }),
  ),
  apparmor: Type.Optional(Enabled),
  selinux: Type.Optional(Enabled),
  intelRdt: Type.Optional(Enabled),
  netDevices: Type.Optional(Enabled),
  mountExtensions: Type.Optional(Type.Object({ idmap: Type.Optional(Enabled) })),
})
export type LinuxFeatures = Static<typeof LinuxFeatures>

/** What a runtime can do, as `runc features` prints it (runtime-spec, features.md). */
export const RuntimeFeatures = Type.Object({
  ociVersionMin: Type.String(),
  ociVersionMax: Type.String(),
  hooks: Type.Optional(Strings),
  mountOptions: Type.Optional(Strings),
  annotations: Type.Optional(StringMap),
  potentiallyUnsafeConfigAnnotations: Type.Optional(Strings),
  linux: Type.Optional(LinuxFeatures),
})
export type RuntimeFeatures = Static<typeof RuntimeFeatures>

export const validateRuntimeFeatures = makeValidator(RuntimeFeatures)
