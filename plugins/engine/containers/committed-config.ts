import type { Container } from '@moby/contracts'
import type { ExecutionConfig } from 'oci-spec-ts'

/** What a container runs, as the configuration of an image. */
export function committedConfig(process: Container['process']): ExecutionConfig {
  const { healthcheck } = process
  return {
    ...(process.user === '' ? {} : { User: process.user }),
    ...(process.exposedPorts.length === 0 ? {} : { ExposedPorts: toKeys(process.exposedPorts) }),
    ...(process.env.length === 0 ? {} : { Env: [...process.env] }),
    ...(process.entrypoint.length === 0 ? {} : { Entrypoint: [...process.entrypoint] }),
    ...(process.command.length === 0 ? {} : { Cmd: [...process.command] }),
    ...(process.volumes.length === 0 ? {} : { Volumes: toKeys(process.volumes) }),
    ...(process.workingDir === '' ? {} : { WorkingDir: process.workingDir }),
    ...(Object.keys(process.labels).length === 0 ? {} : { Labels: { ...process.labels } }),
    ...(process.stopSignal === '' ? {} : { StopSignal: process.stopSignal }),
    ...(healthcheck === undefined ? {} : { Healthcheck: writeHealthcheck(healthcheck) }),
  }
}

/** Fills in from the container what a configuration leaves open, as Docker does: lists by entry, single values whole. */
export function mergeOver(config: ExecutionConfig, container: ExecutionConfig): ExecutionConfig {
  const names = new Set((config.Env ?? []).map(nameOf))
  const hasEntrypoint = (config.Entrypoint ?? []).length > 0
  const hasCommand = (config.Cmd ?? []).length > 0
  const merged: { -readonly [K in keyof ExecutionConfig]: ExecutionConfig[K] | undefined } = {
    ...config,
    User: config.User || container.User,
    ExposedPorts: { ...container.ExposedPorts, ...config.ExposedPorts },
    Env: [...(config.Env ?? []), ...(container.Env ?? []).filter((entry) => !names.has(nameOf(entry)))],
    Labels: { ...container.Labels, ...config.Labels },
    Cmd: hasEntrypoint || hasCommand ? config.Cmd : container.Cmd,
    // An empty entrypoint is a wish for none; one that is not given leaves that of the container.
    Entrypoint: config.Entrypoint ?? container.Entrypoint,
    Healthcheck: mergeHealthcheck(config.Healthcheck, container.Healthcheck),
    WorkingDir: config.WorkingDir || container.WorkingDir,
    Volumes: { ...config.Volumes, ...container.Volumes },
    StopSignal: config.StopSignal || container.StopSignal,
  }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => !isNothing(value)))
}

type Healthcheck = ExecutionConfig['Healthcheck']

function mergeHealthcheck(own: Healthcheck, container: Healthcheck): Healthcheck {
  if (!own || !container) return own ?? container
  const given = Object.entries(own).filter(([, value]) => !isNothing(value) && value !== 0)
  return { ...container, ...Object.fromEntries(given) }
}

function writeHealthcheck(healthcheck: NonNullable<Container['process']['healthcheck']>): NonNullable<Healthcheck> {
  const { test, intervalNs, timeoutNs, startPeriodNs, startIntervalNs, retries } = healthcheck
  const timings = {
    Interval: intervalNs,
    Timeout: timeoutNs,
    StartPeriod: startPeriodNs,
    StartInterval: startIntervalNs,
    Retries: retries,
  }
  const given = Object.entries(timings).filter(([, value]) => value !== undefined && value !== 0)
  return { Test: [...test], ...Object.fromEntries(given) }
}

function nameOf(entry: string): string {
  return entry.split('=', 1)[0] ?? ''
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && Object.keys(value).length === 0
}

function toKeys(names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, {}]))
}
