import { flag, int64, list, mapOf, moment, object, orNull, text, textMap, words } from './schema.ts'

const pool = object({}, { Subnet: text, IPRange: text, Gateway: text, AuxiliaryAddresses: textMap })

export const Network = object({
  Name: text,
  Id: text,
  Created: moment,
  Scope: words('local', 'global', 'swarm'),
  Driver: text,
  EnableIPv4: flag,
  EnableIPv6: flag,
  IPAM: object({ Driver: text, Options: orNull(textMap), Config: orNull(list(pool)) }),
  Internal: flag,
  Attachable: flag,
  Ingress: flag,
  ConfigFrom: object({ Network: text }),
  ConfigOnly: flag,
  Containers: mapOf(object({ Name: text, EndpointID: text, MacAddress: text, IPv4Address: text, IPv6Address: text })),
  Options: orNull(textMap),
  Labels: orNull(textMap),
})

export const NetworkCreated = object({ Id: text, Warning: text })
export const NetworksPruned = object({ NetworksDeleted: orNull(list(text)) })

/** A volume; what the driver tells of it stands in Status. */
export const Volume = object(
  { Driver: text, Labels: orNull(textMap), Mountpoint: text, Name: text, Options: orNull(textMap), Scope: text },
  { CreatedAt: moment, Status: { type: 'object' }, UsageData: object({ RefCount: int64, Size: int64 }) },
)

export const VolumeList = object({ Volumes: list(Volume), Warnings: orNull(list(text)) })
export const VolumesPruned = object({ VolumesDeleted: orNull(list(text)), SpaceReclaimed: int64 })
