import { Type, type Static } from 'typebox'
import { ExactUint64, Int32, Strings, Uint32, Uint64, Words } from '../schemas.ts'

/** A resource limit; `RLIM_INFINITY` is 2^64 - 1, which only a bigint says exactly. */
export const Rlimit = Type.Object({
  type: Type.String({ pattern: '^RLIMIT_[A-Z]+$' }),
  soft: ExactUint64,
  hard: ExactUint64,
})
export type Rlimit = Static<typeof Rlimit>

export const ProcessUser = Type.Object({
  uid: Type.Optional(Uint32),
  gid: Type.Optional(Uint32),
  umask: Type.Optional(Uint32),
  additionalGids: Type.Optional(Type.Array(Uint32)),
  username: Type.Optional(Type.String()),
})
export type ProcessUser = Static<typeof ProcessUser>

/** Names such as `CAP_CHOWN`. */
export const Capabilities = Type.Object({
  bounding: Type.Optional(Strings),
  effective: Type.Optional(Strings),
  inheritable: Type.Optional(Strings),
  permitted: Type.Optional(Strings),
  ambient: Type.Optional(Strings),
})
export type Capabilities = Static<typeof Capabilities>

const Scheduler = Type.Object({
  policy: Words(['SCHED_OTHER', 'SCHED_FIFO', 'SCHED_RR', 'SCHED_BATCH', 'SCHED_ISO', 'SCHED_IDLE', 'SCHED_DEADLINE']),
  nice: Type.Optional(Int32),
  priority: Type.Optional(Int32),
  flags: Type.Optional(
    Type.Array(
      Words([
        'SCHED_FLAG_RESET_ON_FORK',
        'SCHED_FLAG_RECLAIM',
        'SCHED_FLAG_DL_OVERRUN',
        'SCHED_FLAG_KEEP_POLICY',
        'SCHED_FLAG_KEEP_PARAMS',
        'SCHED_FLAG_UTIL_CLAMP_MIN',
        'SCHED_FLAG_UTIL_CLAMP_MAX',
      ]),
    ),
  ),
  runtime: Type.Optional(Uint64),
  deadline: Type.Optional(Uint64),
  period: Type.Optional(Uint64),
})

/** `0-3, 7`. */
const CpuList = Type.String({ pattern: '^[0-9, -]*$' })

/** The program of a container, and what `exec` adds to one (runtime-spec, config.md, "Process"). */
export const Process = Type.Object({
  terminal: Type.Optional(Type.Boolean()),
  consoleSize: Type.Optional(Type.Object({ height: Uint64, width: Uint64 })),
  /** Absolute. */
  cwd: Type.String(),
  env: Type.Optional(Strings),
  args: Type.Optional(Strings),
  commandLine: Type.Optional(Type.String()),
  user: Type.Optional(ProcessUser),
  rlimits: Type.Optional(Type.Array(Rlimit)),
  capabilities: Type.Optional(Capabilities),
  noNewPrivileges: Type.Optional(Type.Boolean()),
  apparmorProfile: Type.Optional(Type.String()),
  selinuxLabel: Type.Optional(Type.String()),
  oomScoreAdj: Type.Optional(Type.Integer()),
  scheduler: Type.Optional(Scheduler),
  ioPriority: Type.Optional(
    Type.Object({
      class: Words(['IOPRIO_CLASS_RT', 'IOPRIO_CLASS_BE', 'IOPRIO_CLASS_IDLE']),
      priority: Type.Optional(Int32),
    }),
  ),
  execCPUAffinity: Type.Optional(Type.Object({ initial: Type.Optional(CpuList), final: Type.Optional(CpuList) })),
})
export type Process = Static<typeof Process>
