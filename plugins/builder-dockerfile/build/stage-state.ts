import type { ExecutionConfig } from 'oci-spec-ts'

/** Where a stage is: the image so far and what the next step begins with. */
export interface StageState {
  /** Id of the image so far; undefined: nothing yet, FROM scratch. */
  image: string | undefined
  config: ExecutionConfig
  author: string | undefined
  platform: string | undefined
  /** ARG of the stage and their values; undefined for one without. */
  readonly args: Map<string, string | undefined>
  /** True once CMD was given in this stage, so that ENTRYPOINT leaves it. */
  hasCommand: boolean
}

export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** ARG that need not be declared. They are known to RUN, and are part of neither history nor cache. */
export const predefinedArgs: ReadonlySet<string> = new Set(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
)

/** The environment of a configuration by name. */
export function environmentOf(config: ExecutionConfig): Map<string, string> {
  return new Map(
    (config.Env ?? []).map((entry) => {
      const equals = entry.indexOf('=')
      return [entry.slice(0, equals), entry.slice(equals + 1)]
    }),
  )
}

/** What words of an instruction are expanded with: ARG, and over them ENV. */
export function variablesOf(state: StageState): Map<string, string> {
  const variables = new Map<string, string>()
  for (const [name, value] of state.args) if (value !== undefined) variables.set(name, value)
  for (const [name, value] of environmentOf(state.config)) variables.set(name, value)
  return variables
}

/** A configuration without the keys that say nothing. */
export function tidyConfig(config: ExecutionConfig): ExecutionConfig {
  return Object.fromEntries(
    Object.entries(config).filter(([, value]) => {
      if (value === undefined || value === null || value === '') return false
      if (Array.isArray(value)) return value.length > 0
      return typeof value !== 'object' || Object.keys(value).length > 0
    }),
  ) as ExecutionConfig
}

/** The words that a command line of the shell form is put behind. */
export function shellOf(config: ExecutionConfig): readonly string[] {
  return config.Shell ?? ['/bin/sh', '-c']
}
