/**
 * A file that tells how devices of one kind are put into containers (Container Device Interface, SPEC.md). Known are
 * the versions 0.3.0 to 1.0.0.
 */
export interface CdiSpec {
  readonly cdiVersion: string
  /** `vendor/class`. */
  readonly kind: string
  readonly annotations?: Readonly<Record<string, string>> | undefined
  readonly devices: readonly CdiDevice[]
  /** For every container that gets one of the devices. */
  readonly containerEdits?: CdiEdits | undefined
}

export interface CdiDevice {
  readonly name: string
  readonly annotations?: Readonly<Record<string, string>> | undefined
  readonly containerEdits: CdiEdits
}

/** What is changed in the runtime configuration of a container. */
export interface CdiEdits {
  readonly env?: readonly string[] | undefined
  readonly deviceNodes?: readonly CdiDeviceNode[] | undefined
  readonly hooks?: readonly CdiHook[] | undefined
  readonly mounts?: readonly CdiMount[] | undefined
  readonly intelRdt?: Readonly<Record<string, string | boolean>> | undefined
  readonly additionalGids?: readonly number[] | undefined
}

export interface CdiDeviceNode {
  readonly path: string
  /** Where it is looked up when type and numbers are not told; `path` when absent. */
  readonly hostPath?: string | undefined
  /** b, c, u (as c) or p. */
  readonly type?: string | undefined
  readonly major?: number | undefined
  readonly minor?: number | undefined
  readonly fileMode?: number | undefined
  /** Of r, w and m. */
  readonly permissions?: string | undefined
  readonly uid?: number | undefined
  readonly gid?: number | undefined
}

export interface CdiHook {
  readonly hookName: string
  readonly path: string
  readonly args?: readonly string[] | undefined
  readonly env?: readonly string[] | undefined
  /** Seconds. */
  readonly timeout?: number | undefined
}

export interface CdiMount {
  readonly hostPath: string
  readonly containerPath: string
  readonly options?: readonly string[] | undefined
  readonly type?: string | undefined
}
