import type { LinuxDevice, Seccomp } from '@moby/lib-oci-runtime'

/** The parts of an OCI runtime configuration that the engine writes (runtime-spec config.md, config-linux.md). */
export interface RuntimeConfig {
  readonly ociVersion: string
  readonly process: Process
  readonly root: { readonly path: string; readonly readonly: boolean }
  readonly hostname?: string | undefined
  readonly mounts: readonly RuntimeMount[]
  readonly annotations?: Readonly<Record<string, string>> | undefined
  readonly hooks?: Hooks | undefined
  readonly linux: {
    readonly sysctl?: Readonly<Record<string, string>> | undefined
    readonly resources: LinuxResources
    readonly cgroupsPath: string
    readonly namespaces: readonly { readonly type: string; readonly path?: string | undefined }[]
    readonly devices: readonly LinuxDevice[]
    readonly seccomp?: Seccomp | undefined
    readonly rootfsPropagation?: string | undefined
    readonly maskedPaths: readonly string[]
    readonly readonlyPaths: readonly string[]
    readonly intelRdt?: Readonly<Record<string, string | boolean>> | undefined
  }
}

/** Programs of the host that the runtime runs, by the point in the life of a container (config.md, "POSIX-platform Hooks"). */
export type Hooks = Readonly<Record<string, readonly RuntimeHook[]>>

export interface RuntimeHook {
  readonly path: string
  readonly args?: readonly string[]
  readonly env?: readonly string[]
  /** Seconds. */
  readonly timeout?: number
}

export interface Process {
  readonly terminal: boolean
  readonly consoleSize?: { readonly height: number; readonly width: number } | undefined
  readonly user: ProcessUser
  readonly args: readonly string[]
  readonly env: readonly string[]
  readonly cwd: string
  readonly capabilities: ProcessCapabilities
  readonly rlimits?: readonly { readonly type: string; readonly soft: number; readonly hard: number }[] | undefined
  readonly noNewPrivileges: boolean
  readonly oomScoreAdj?: number | undefined
}

export interface ProcessUser {
  readonly uid: number
  readonly gid: number
  readonly additionalGids: readonly number[]
}

export interface ProcessCapabilities {
  readonly bounding: readonly string[]
  readonly effective?: readonly string[] | undefined
  readonly permitted?: readonly string[] | undefined
}

export interface RuntimeMount {
  readonly destination: string
  readonly type: string
  readonly source: string
  readonly options: readonly string[]
}

export interface LinuxDeviceRule {
  readonly allow: boolean
  readonly type?: string
  readonly major?: number
  readonly minor?: number
  readonly access: string
}

export interface DeviceRate {
  readonly major: number
  readonly minor: number
  /** Bytes or operations in a second. */
  readonly rate: number
}

export interface LinuxResources {
  readonly devices?: readonly LinuxDeviceRule[]
  readonly memory?: Readonly<Record<string, number | boolean>>
  readonly cpu?: Readonly<Record<string, number | string>>
  readonly pids?: { readonly limit: number }
  readonly blockIO?: {
    readonly weight?: number
    readonly weightDevice?: readonly { readonly major: number; readonly minor: number; readonly weight: number }[]
    readonly throttleReadBpsDevice?: readonly DeviceRate[]
    readonly throttleWriteBpsDevice?: readonly DeviceRate[]
    readonly throttleReadIOPSDevice?: readonly DeviceRate[]
    readonly throttleWriteIOPSDevice?: readonly DeviceRate[]
  }
}
