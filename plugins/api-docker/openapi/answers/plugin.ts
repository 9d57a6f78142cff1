import { anyObject, flag, list, object, orNull, text, texts } from './schema.ts'

/** A managed plugin; its configuration is the package's, whole. */
export const Plugin = object(
  {
    Config: anyObject,
    Enabled: flag,
    Id: text,
    Name: text,
    Settings: object({
      Args: orNull(texts),
      Devices: orNull(list(anyObject)),
      Env: orNull(texts),
      Mounts: orNull(list(anyObject)),
    }),
  },
  { PluginReference: text },
)

export const PluginPrivilege = object({ Name: text, Description: text, Value: texts })
