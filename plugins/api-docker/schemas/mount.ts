import { bool, fields, list, text, textMap, texts, unsigned, type Decoded } from '../wire/decode.ts'

/** One entry of HostConfig.Mounts. */
export const Mount = fields({
  Type: text,
  Source: text,
  Target: text,
  ReadOnly: bool,
  Consistency: text,
  BindOptions: fields({
    Propagation: text,
    NonRecursive: bool,
    CreateMountpoint: bool,
    ReadOnlyNonRecursive: bool,
    ReadOnlyForceRecursive: bool,
  }),
  VolumeOptions: fields({
    NoCopy: bool,
    Labels: textMap,
    Subpath: text,
    DriverConfig: fields({ Name: text, Options: textMap }),
  }),
  ImageOptions: fields({ Subpath: text }),
  TmpfsOptions: fields({ SizeBytes: unsigned, Mode: unsigned, Options: list(texts) }),
  ClusterOptions: fields({}),
})
export type Mount = Decoded<typeof Mount>
