import {
  always,
  command,
  flag,
  integer,
  names,
  pointer,
  struct,
  text,
  texts,
  textTable,
  time,
  unlessEmpty,
} from './json-shape.ts'

/** HealthConfig of Docker; durations are nanoseconds. */
const health = struct({
  Test: unlessEmpty(texts),
  Interval: unlessEmpty(integer),
  Timeout: unlessEmpty(integer),
  StartPeriod: unlessEmpty(integer),
  StartInterval: unlessEmpty(integer),
  Retries: unlessEmpty(integer),
})

/** container.Config of Docker 28 (api/types/container/config.go): which fields there are, and which are left out. */
const config = struct({
  Hostname: always(text),
  Domainname: always(text),
  User: always(text),
  AttachStdin: always(flag),
  AttachStdout: always(flag),
  AttachStderr: always(flag),
  ExposedPorts: unlessEmpty(names),
  Tty: always(flag),
  OpenStdin: always(flag),
  StdinOnce: always(flag),
  Env: always(texts),
  Cmd: always(command),
  Healthcheck: unlessEmpty(pointer(health)),
  ArgsEscaped: unlessEmpty(flag),
  Image: always(text),
  Volumes: always(names),
  WorkingDir: always(text),
  Entrypoint: always(command),
  NetworkDisabled: unlessEmpty(flag),
  MacAddress: unlessEmpty(text),
  OnBuild: always(texts),
  Labels: always(textTable),
  StopSignal: unlessEmpty(text),
  StopTimeout: unlessEmpty(pointer(integer)),
  Shell: unlessEmpty(command),
})

/**
 * V1Image of Docker 28 (image/image.go), what it makes of the `json` of an image before 1.10: fields that it does not
 * know are lost.
 */
export const v1Shape = struct({
  id: unlessEmpty(text),
  parent: unlessEmpty(text),
  comment: unlessEmpty(text),
  created: always(time),
  container: unlessEmpty(text),
  container_config: always(config),
  docker_version: unlessEmpty(text),
  author: unlessEmpty(text),
  config: unlessEmpty(pointer(config)),
  architecture: unlessEmpty(text),
  variant: unlessEmpty(text),
  os: unlessEmpty(text),
  Size: unlessEmpty(integer),
})
