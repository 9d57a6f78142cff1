/** A program to be started, in a session of its own. */
export interface SpawnOrder {
  readonly file: string
  readonly args: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
}

export type OutputName = 'stdout' | 'stderr'

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** What the thread that starts processes is told. `id` is one start, of this engine's own counting. */
export type SpawnCommand = { readonly id: number } & (
  | { readonly kind: 'spawn'; readonly order: SpawnOrder }
  | { readonly kind: 'signal'; readonly name: NodeJS.Signals }
  /** SIGKILL for the whole group. */
  | { readonly kind: 'kill' }
  /** So many bytes of an output were dealt with. */
  | { readonly kind: 'taken'; readonly output: OutputName; readonly bytes: number }
)

/**
 * What it tells. `started` or `failed` comes first; `exited` when the process is gone, `ended` after the last output.
 */
export type SpawnReport = { readonly id: number } & (
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'failed'; readonly message: string; readonly errno: string | undefined }
  | { readonly kind: 'output'; readonly output: OutputName; readonly chunk: Uint8Array }
  | { readonly kind: 'exited' }
  | { readonly kind: 'ended'; readonly end: ProcessEnd }
)
