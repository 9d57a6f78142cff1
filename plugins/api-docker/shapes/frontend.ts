import type { Container } from '@moby/contracts'
import type { Config } from '../schemas/config.ts'
import type { HostConfig } from '../schemas/host-config.ts'

const mark = 'docker'

/** What this front-end keeps with a container: the request in Docker's words, with Docker's defaults. */
export interface Frontend {
  readonly kind: typeof mark
  readonly config: Config
  readonly hostConfig: HostConfig
}

export function keepFrontend(config: Config, hostConfig: HostConfig): Frontend {
  return { kind: mark, config, hostConfig }
}

/** Undefined for a container that another front-end made. */
export function frontendOf(container: Pick<Container, 'frontend'>): Frontend | undefined {
  const kept = container.frontend as Partial<Frontend> | null | undefined
  return kept?.kind === mark && kept.config !== undefined && kept.hostConfig !== undefined
    ? (kept as Frontend)
    : undefined
}
