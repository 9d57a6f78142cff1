import { anything, list, maybe, shape, table, text, type Reader } from './shape.ts'

/** Longest name and path that are let through. */
const name = text(1024)
const path = text(4096)

export interface PluginVolume {
  Name: string
  Mountpoint: string
  CreatedAt: string
  Status: Record<string, unknown>
}

const Volume: Reader<PluginVolume> = shape({
  Name: name,
  Mountpoint: path,
  CreatedAt: text(64),
  Status: table(anything),
})

/** Answers of `VolumeDriver.*`. */
export const volumeAnswers = {
  Nothing: shape({}),
  Mountpoint: shape({ Mountpoint: path }),
  Get: shape({ Volume: maybe(Volume) }),
  List: shape({ Volumes: list(maybe(Volume)) }),
  Capabilities: shape({ Capabilities: shape({ Scope: text(64) }) }),
}

/** Requests of `VolumeDriver.*`. */
export const volumeRequests = {
  Create: shape({ Name: name, Opts: table(text()) }),
  ByName: shape({ Name: name }),
  ByMount: shape({ Name: name, ID: name }),
}
