import type { Script } from '../script.ts'
import { clear, launch, sleeper } from './scenery.ts'

const settings: Readonly<Record<string, Record<string, unknown>>> = {
  default: {},
  limits: {
    Memory: 67_108_864,
    NanoCpus: 500_000_000,
    PidsLimit: 50,
    CpuShares: 512,
    CpusetCpus: '0',
    OomScoreAdj: 100,
    MemoryReservation: 33_554_432,
    BlkioWeight: 0,
  },
  privileged: { Privileged: true },
  'all capabilities': { CapAdd: ['ALL'] },
  'some capabilities': { CapAdd: ['SYS_ADMIN', 'SYS_PTRACE', 'BPF'], CapDrop: ['MKNOD'] },
  unconfined: {
    SecurityOpt: ['seccomp=unconfined', 'no-new-privileges'],
    MaskedPaths: [],
    ReadonlyPaths: [],
    OomKillDisable: false,
  },
}

interface RuntimeConfig {
  process: { capabilities: Record<string, string[]>; env: string[] } & Record<string, unknown>
  mounts: { destination: string; type: string; source: string; options?: string[] }[]
  linux: Record<string, unknown> & { namespaces: { type: string }[]; seccomp?: Seccomp }
  root: { readonly: boolean }
}

interface Seccomp {
  defaultAction: string
  defaultErrnoRet?: number
  architectures?: string[]
  syscalls: { names: string[]; action: string; errnoRet?: number; args?: unknown[] }[]
}

/** What the OCI runtime is told, apart from names and folders. */
export const runtimeConfig: Script = {
  name: 'runtime-config',
  recorded: false,
  async run(subject, note) {
    for (const [name, HostConfig] of Object.entries(settings)) {
      const id = await launch(subject, 'bundle', { Cmd: sleeper, HostConfig })
      const config = (await subject.runtimeConfig(id)) as unknown as RuntimeConfig
      const { seccomp, ...linux } = config.linux
      const { capabilities, ...process } = config.process
      note(`${name}: process`, process)
      note(`${name}: capabilities`, sets(capabilities))
      note(
        `${name}: mounts`,
        Object.fromEntries(
          config.mounts.map((each) => [each.destination, { type: each.type, options: each.options?.toSorted() }]),
        ),
      )
      note(`${name}: linux`, {
        ...linux,
        cgroupsPath: '',
        namespaces: config.linux.namespaces.map((each) => each.type).toSorted(),
        ...sets({ maskedPaths: linux['maskedPaths'], readonlyPaths: linux['readonlyPaths'] }),
      })
      note(`${name}: seccomp`, seccomp === undefined ? null : rules(seccomp))
      await clear(subject, 'bundle')
    }
  },
}

function sets(lists: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(lists).map(([key, list]) => [key, Array.isArray(list) ? list.toSorted() : list]),
  )
}

/** What happens to each system call: its rules, however they are grouped. */
function rules(seccomp: Seccomp): unknown {
  const calls: Record<string, string[]> = {}
  for (const { names, action, errnoRet, args } of seccomp.syscalls) {
    const rule = JSON.stringify([action, errnoRet ?? 1, args ?? []])
    for (const name of names) calls[name] = [...new Set([...(calls[name] ?? []), rule])].toSorted()
  }
  return {
    defaultAction: seccomp.defaultAction,
    errno: seccomp.defaultErrnoRet ?? 1,
    architectures: seccomp.architectures,
    calls,
  }
}
