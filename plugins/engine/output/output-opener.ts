import type { DriverSet, logDriver, Logger } from '@moby/contracts'
import type { Clock } from '../clock/clock.ts'
import type { OpenOutput } from '../containers/ports.ts'
import { ContainerOutput } from './container-output.ts'

/** Opens outputs whose log drivers are given by name. Fails with DRIVER_UNKNOWN or DRIVER_AWAY. */
export function outputOpener(parts: {
  readonly logs: DriverSet<typeof logDriver>
  readonly clock: Clock
  readonly logger: Logger
}): OpenOutput {
  const { logs, clock, logger } = parts
  return ({ folder, terminal, openStdin, stdinOnce, log }) =>
    ContainerOutput.open({
      folder,
      terminal,
      openStdin,
      stdinOnce,
      clock,
      logger,
      ...(log === undefined ? {} : { log: { driver: logs.get(log.driver), logId: log.logId, info: log.info } }),
    })
}
