import { Type, type Static } from 'typebox'
import { ExactUint64, Uint32, Words } from '../schemas.ts'

export const SeccompAction = Words([
  'SCMP_ACT_KILL',
  'SCMP_ACT_KILL_PROCESS',
  'SCMP_ACT_KILL_THREAD',
  'SCMP_ACT_TRAP',
  'SCMP_ACT_ERRNO',
  'SCMP_ACT_TRACE',
  'SCMP_ACT_ALLOW',
  'SCMP_ACT_LOG',
  'SCMP_ACT_NOTIFY',
])
export type SeccompAction = Static<typeof SeccompAction>

export const SeccompArchitecture = Words([
  'SCMP_ARCH_X86',
  'SCMP_ARCH_X86_64',
  'SCMP_ARCH_X32',
  'SCMP_ARCH_ARM',
  'SCMP_ARCH_AARCH64',
  'SCMP_ARCH_LOONGARCH64',
  'SCMP_ARCH_M68K',
  'SCMP_ARCH_MIPS',
  'SCMP_ARCH_MIPS64',
  'SCMP_ARCH_MIPS64N32',
  'SCMP_ARCH_MIPSEL',
  'SCMP_ARCH_MIPSEL64',
  'SCMP_ARCH_MIPSEL64N32',
  'SCMP_ARCH_PPC',
  'SCMP_ARCH_PPC64',
  'SCMP_ARCH_PPC64LE',
  'SCMP_ARCH_S390',
  'SCMP_ARCH_S390X',
  'SCMP_ARCH_SH',
  'SCMP_ARCH_SHEB',
  'SCMP_ARCH_PARISC',
  'SCMP_ARCH_PARISC64',
  'SCMP_ARCH_RISCV64',
])
export type SeccompArchitecture = Static<typeof SeccompArchitecture>

export const SeccompFlag = Words([
  'SECCOMP_FILTER_FLAG_TSYNC',
  'SECCOMP_FILTER_FLAG_LOG',
  'SECCOMP_FILTER_FLAG_SPEC_ALLOW',
  'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV',
])
export type SeccompFlag = Static<typeof SeccompFlag>

export const SeccompOperator = Words([
  'SCMP_CMP_NE',
  'SCMP_CMP_LT',
  'SCMP_CMP_LE',
  'SCMP_CMP_EQ',
  'SCMP_CMP_GE',
  'SCMP_CMP_GT',
  'SCMP_CMP_MASKED_EQ',
])
export type SeccompOperator = Static<typeof SeccompOperator>

export const SeccompRule = Type.Object({
  names: Type.Array(Type.String(), { minItems: 1 }),
  action: SeccompAction,
  errnoRet: Type.Optional(Uint32),
  args: Type.Optional(
    Type.Array(
      Type.Object({
        index: Uint32,
        value: ExactUint64,
        valueTwo: Type.Optional(ExactUint64),
        op: SeccompOperator,
      }),
    ),
  ),
})
export type SeccompRule = Static<typeof SeccompRule>

/** Filter of system calls (runtime-spec, config-linux.md, "Seccomp"). */
export const Seccomp = Type.Object({
  defaultAction: SeccompAction,
  defaultErrnoRet: Type.Optional(Uint32),
  flags: Type.Optional(Type.Array(SeccompFlag)),
  listenerPath: Type.Optional(Type.String()),
  listenerMetadata: Type.Optional(Type.String()),
  architectures: Type.Optional(Type.Array(SeccompArchitecture)),
  syscalls: Type.Optional(Type.Array(SeccompRule)),
})
export type Seccomp = Static<typeof Seccomp>
