import type { Container } from '@moby/contracts'
import { hostname } from 'node:os'
import { frontendOf } from './frontend.ts'

/** Config as inspect tells it: the image's and the user's together. */
export function configShape(container: Container): Record<string, unknown> {
  const { process, spec } = container
  const kept = frontendOf(container)?.config ?? {}
  const healthcheck = process.healthcheck
  return {
    Hostname: hostnameOf(container),
    Domainname: spec.domainname ?? '',
    User: process.user,
    AttachStdin: kept.AttachStdin ?? false,
    AttachStdout: kept.AttachStdout ?? false,
    AttachStderr: kept.AttachStderr ?? false,
    ...(process.exposedPorts.length === 0 ? {} : { ExposedPorts: setShape(process.exposedPorts) }),
    Tty: spec.terminal ?? false,
    OpenStdin: spec.openStdin ?? false,
    StdinOnce: spec.stdinOnce ?? false,
    Env: process.env,
    Cmd: nullIfEmpty(process.command),
    ...(healthcheck === undefined ? {} : { Healthcheck: healthcheckShape(healthcheck) }),
    ...(kept.ArgsEscaped === true ? { ArgsEscaped: true } : {}),
    Image: container.image.reference,
    Volumes: process.volumes.length === 0 ? null : setShape(process.volumes),
    WorkingDir: process.workingDir,
    Entrypoint: nullIfEmpty(process.entrypoint),
    ...(kept.NetworkDisabled === true ? { NetworkDisabled: true } : {}),
    ...macAddress(container),
    OnBuild: kept.OnBuild ?? null,
    Labels: process.labels,
    ...(process.stopSignal === '' ? {} : { StopSignal: process.stopSignal }),
    ...(spec.stopTimeout === undefined ? {} : { StopTimeout: spec.stopTimeout }),
    ...(kept.Shell === undefined ? {} : { Shell: kept.Shell }),
  }
}

/** The name inside: as given, the host's, or the beginning of the id. */
export function hostnameOf({ spec, id }: Pick<Container, 'spec' | 'id'>): string {
  if (spec.hostname !== undefined && spec.hostname !== '') return spec.hostname
  return spec.networkMode === 'host' ? hostname() : id.slice(0, 12)
}

/** The MAC address that was asked for on the first network; clients before 1.44 look for it here. */
function macAddress({ spec }: Container): { MacAddress?: string } {
  const mac = (spec.endpoints ?? []).find(({ network }) => network === spec.networkMode)?.macAddress
  return mac === undefined ? {} : { MacAddress: mac }
}

function healthcheckShape(healthcheck: NonNullable<Container['process']['healthcheck']>): Record<string, unknown> {
  const { test, intervalNs, timeoutNs, startPeriodNs, startIntervalNs, retries } = healthcheck
  return {
    ...(test.length === 0 ? {} : { Test: test }),
    ...(intervalNs ? { Interval: intervalNs } : {}),
    ...(timeoutNs ? { Timeout: timeoutNs } : {}),
    ...(startPeriodNs ? { StartPeriod: startPeriodNs } : {}),
    ...(startIntervalNs ? { StartInterval: startIntervalNs } : {}),
    ...(retries ? { Retries: retries } : {}),
  }
}

function setShape(keys: readonly string[]): Record<string, object> {
  return Object.fromEntries(keys.map((key) => [key, {}]))
}

function nullIfEmpty(texts: readonly string[]): readonly string[] | null {
  return texts.length === 0 ? null : texts
}
