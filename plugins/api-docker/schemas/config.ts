import { bool, command, fields, integer, keySet, text, textMap, texts, type Decoded } from '../wire/decode.ts'

/** Docker's HealthConfig; durations in nanoseconds. */
export const HealthConfig = fields({
  Test: texts,
  Interval: integer,
  Timeout: integer,
  StartPeriod: integer,
  StartInterval: integer,
  Retries: integer,
})
export type HealthConfig = Decoded<typeof HealthConfig>

/** Docker's container Config: what is independent of the host. */
export const Config = fields({
  Hostname: text,
  Domainname: text,
  User: text,
  AttachStdin: bool,
  AttachStdout: bool,
  AttachStderr: bool,
  ExposedPorts: keySet,
  Tty: bool,
  OpenStdin: bool,
  StdinOnce: bool,
  Env: texts,
  Cmd: command,
  Healthcheck: HealthConfig,
  ArgsEscaped: bool,
  Image: text,
  Volumes: keySet,
  WorkingDir: text,
  Entrypoint: command,
  NetworkDisabled: bool,
  MacAddress: text,
  OnBuild: texts,
  Labels: textMap,
  StopSignal: text,
  StopTimeout: integer,
  Shell: command,
})
export type Config = Decoded<typeof Config>
