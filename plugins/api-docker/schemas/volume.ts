import { fields, text, textMap } from '../wire/decode.ts'

/** Body of POST /volumes/create. */
export const VolumeCreate = fields({
  Name: text,
  Driver: text,
  DriverOpts: textMap,
  Labels: textMap,
  ClusterVolumeSpec: fields({}),
})
