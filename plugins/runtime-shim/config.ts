/** As the descriptor's schema has checked it, with defaults. */
export interface Config {
  /** Name of a shim, or absolute path of its executable. */
  readonly shim: string
  /** OCI runtime that the runc shim calls, by name or absolute path. */
  readonly binary: string
  /** Arguments that every call of the runtime begins with. */
  readonly args: readonly string[]
  readonly systemdCgroup: boolean
  /** Shims of runc's kind that are kept waiting for the next container. */
  readonly idleShims: number
}
