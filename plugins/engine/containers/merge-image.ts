import type { Container, ContainerSpec } from '@moby/contracts'
import { mergeCommand } from '../spec/command.ts'
import { containerEnvironment, defaultPath } from '../spec/environment.ts'

/** The part of an OCI image configuration (config.md) that a container takes over. */
interface ImageConfig {
  readonly User?: string
  readonly ExposedPorts?: Readonly<Record<string, unknown>> | null
  readonly Env?: readonly string[] | null
  readonly Entrypoint?: readonly string[] | null
  readonly Cmd?: readonly string[] | null
  readonly Volumes?: Readonly<Record<string, unknown>> | null
  readonly WorkingDir?: string
  readonly Labels?: Readonly<Record<string, string>> | null
  readonly StopSignal?: string
  readonly Healthcheck?: ImageHealthcheck | null
}

interface ImageHealthcheck {
  readonly Test?: readonly string[]
  readonly Interval?: number
  readonly Timeout?: number
  readonly StartPeriod?: number
  readonly StartInterval?: number
  readonly Retries?: number
}

type Healthcheck = NonNullable<ContainerSpec['healthcheck']>

/** What a container runs: the image's configuration with the user's laid over it. */
export function mergeImage(spec: ContainerSpec, config: Readonly<Record<string, unknown>>): Container['process'] {
  const image = config as ImageConfig
  const { entrypoint, command } = mergeCommand(spec, {
    entrypoint: image.Entrypoint ?? [],
    command: image.Cmd ?? [],
  })
  const [path = '', ...args] = [...entrypoint, ...command]
  const env = containerEnvironment(spec.env ?? [], image.Env ?? [])
  const healthcheck = mergeHealthcheck(spec.healthcheck, image.Healthcheck ?? undefined)
  return {
    path,
    args,
    env: env.some((entry) => entry.startsWith('PATH=')) ? env : [...env, defaultPath],
    workingDir: spec.workingDir || image.WorkingDir || '',
    user: spec.user || image.User || '',
    entrypoint,
    command,
    exposedPorts: [
      ...new Set([...Object.keys(image.ExposedPorts ?? {}), ...(spec.exposedPorts ?? [])].map(withProtocol)),
    ],
    volumes: [...new Set([...Object.keys(image.Volumes ?? {}), ...(spec.volumes ?? [])])],
    labels: { ...image.Labels, ...spec.labels },
    stopSignal: spec.stopSignal || image.StopSignal || '',
    ...(healthcheck === undefined ? {} : { healthcheck }),
  }
}

function withProtocol(port: string): string {
  return port.includes('/') ? port : `${port}/tcp`
}

/** A test of the user's replaces the image's; single timings of the user's replace single ones. */
function mergeHealthcheck(
  own: ContainerSpec['healthcheck'],
  image: ImageHealthcheck | undefined,
): Healthcheck | undefined {
  const inherited = readHealthcheck(image)
  if (own === undefined) return inherited
  if (own.test.length === 0 && inherited === undefined) return undefined
  const given = Object.fromEntries(Object.entries(own).filter(([key, value]) => key !== 'test' && value !== 0))
  return { ...inherited, ...given, test: own.test.length > 0 ? own.test : (inherited?.test ?? []) }
}

function readHealthcheck(image: ImageHealthcheck | undefined): Healthcheck | undefined {
  if (image?.Test === undefined || image.Test.length === 0) return undefined
  const timings: Partial<Record<keyof Healthcheck, number | undefined>> = {
    intervalNs: image.Interval,
    timeoutNs: image.Timeout,
    startPeriodNs: image.StartPeriod,
    startIntervalNs: image.StartInterval,
    retries: image.Retries,
  }
  const given = Object.entries(timings).filter(([, value]) => value !== undefined && value !== 0)
  return { test: [...image.Test], ...Object.fromEntries(given) }
}
