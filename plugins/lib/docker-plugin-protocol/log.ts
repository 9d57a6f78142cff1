import { flag, list, shape, table, text, whole } from './shape.ts'

/** Answers of `LogDriver.*`; that of `ReadLogs` is a stream of entries. */
export const logAnswers = {
  Nothing: shape({}),
  Capabilities: shape({ Cap: shape({ ReadLogs: flag }) }),
}

const Info = shape({
  Config: table(text()),
  ContainerID: text(),
  ContainerName: text(),
  ContainerEntrypoint: text(),
  ContainerArgs: list(text(1024 * 1024)),
  ContainerImageID: text(),
  ContainerImageName: text(),
  ContainerCreated: text(64),
  ContainerEnv: list(text(1024 * 1024)),
  ContainerLabels: table(text(1024 * 1024)),
  LogPath: text(),
  DaemonName: text(),
})
export type PluginLogInfo = ReturnType<typeof Info>

/** Requests of `LogDriver.*`. */
export const logRequests = {
  StartLogging: shape({ File: text(4096), Info }),
  StopLogging: shape({ File: text(4096) }),
  ReadLogs: shape({ Info, Config: shape({ Since: text(64), Until: text(64), Tail: whole, Follow: flag }) }),
}

/** How Go writes a moment that is not set. */
export const zeroTime = '0001-01-01T00:00:00Z'
