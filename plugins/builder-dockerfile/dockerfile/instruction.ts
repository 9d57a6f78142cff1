import type { Heredoc } from './heredoc.ts'
import type { Mount } from './read-mount.ts'
import type { NameValue } from './words.ts'

/** What a command of a container is: a line for the shell, or words. */
export interface CommandForm {
  readonly shell: boolean
  readonly words: readonly string[]
}

interface At {
  readonly line: number
  /** As it stands, lines joined: what is shown as the step. */
  readonly text: string
}

export interface CopyInstruction extends At {
  readonly kind: 'copy' | 'add'
  readonly sources: readonly string[]
  readonly heredocs: readonly Heredoc[]
  readonly destination: string
  /** A stage, an image, or absent: the context. */
  readonly from?: string | undefined
  readonly chown?: string | undefined
  readonly chmod?: string | undefined
  readonly checksum?: string | undefined
  /** The layer is to stand without the image below, which no layer here does. */
  readonly link?: boolean | undefined
  readonly unpack?: boolean | undefined
  readonly parents?: boolean | undefined
  readonly exclude: readonly string[]
}

export interface RunInstruction extends At {
  readonly kind: 'run'
  readonly command: CommandForm
  readonly heredocs: readonly Heredoc[]
  readonly mounts: readonly Mount[]
  readonly network?: 'default' | 'none' | 'host' | undefined
}

export interface HealthcheckInstruction extends At {
  readonly kind: 'healthcheck'
  /** `[NONE]`, `[CMD, ...]` or `[CMD-SHELL, line]`. */
  readonly test: readonly string[]
  /** Nanoseconds. */
  readonly interval?: number | undefined
  readonly timeout?: number | undefined
  readonly startPeriod?: number | undefined
  readonly startInterval?: number | undefined
  readonly retries?: number | undefined
}

/** An instruction of a stage, checked for its form; words are not expanded yet. */
export type Instruction =
  | CopyInstruction
  | RunInstruction
  | HealthcheckInstruction
  | (At & { readonly kind: 'env' | 'label'; readonly pairs: readonly NameValue[] })
  | (At & { readonly kind: 'arg'; readonly args: readonly { readonly name: string; readonly value?: string }[] })
  | (At & { readonly kind: 'cmd' | 'entrypoint'; readonly command: CommandForm })
  | (At & { readonly kind: 'shell' | 'expose' | 'volume'; readonly words: readonly string[] })
  | (At & { readonly kind: 'workdir'; readonly value: string })
  | (At & { readonly kind: 'user' | 'stopsignal' | 'maintainer' | 'onbuild'; readonly value: string })

export interface Stage {
  readonly line: number
  readonly text: string
  /** As it stands in FROM, not expanded. */
  readonly base: string
  readonly platform?: string | undefined
  /** In lower case; absent for one without AS. */
  readonly name?: string | undefined
  readonly instructions: readonly Instruction[]
}

export interface Dockerfile {
  readonly escape: string
  /** ARG before the first FROM. */
  readonly globalArgs: readonly (At & { readonly name: string; readonly value?: string })[]
  readonly stages: readonly Stage[]
}
