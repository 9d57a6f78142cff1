import type { Config, HealthConfig } from '../schemas/config.ts'

/** Of a container's Config what the configuration of an image can say (image-spec, config.md). */
export function toImageConfig(config: Config): Record<string, unknown> {
  const { User, Env, Cmd, Entrypoint, WorkingDir, OnBuild, Labels, StopSignal, Shell } = config
  const all = {
    User,
    ExposedPorts: toKeys(config.ExposedPorts),
    Env,
    Cmd,
    Entrypoint,
    Volumes: toKeys(config.Volumes),
    WorkingDir,
    OnBuild,
    Labels,
    StopSignal,
    Shell,
    Healthcheck: withoutZeros(config.Healthcheck),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== ''))
}

function toKeys(names: readonly string[] | undefined): Record<string, object> | undefined {
  return names === undefined ? undefined : Object.fromEntries(names.map((name) => [name, {}]))
}

function withoutZeros(healthcheck: HealthConfig | undefined): Record<string, unknown> | undefined {
  if (healthcheck === undefined) return undefined
  return Object.fromEntries(Object.entries(healthcheck).filter(([, value]) => value !== 0))
}
