import { bool, fields, integer, list, map, text, textMap, texts, type Decoded } from '../wire/decode.ts'

/** What a client may say of an endpoint; what only the engine tells (addresses, ids) is passed over. */
export const EndpointSettings = fields({
  IPAMConfig: fields({ IPv4Address: text, IPv6Address: text, LinkLocalIPs: texts }),
  Links: texts,
  Aliases: texts,
  MacAddress: text,
  DriverOpts: textMap,
  GwPriority: integer,
})
export type EndpointSettings = Decoded<typeof EndpointSettings>

export const NetworkingConfig = fields({ EndpointsConfig: map(EndpointSettings, {}) })
export type NetworkingConfig = Decoded<typeof NetworkingConfig>

/** Body of POST /networks/create. */
export const NetworkCreate = fields({
  Name: text,
  CheckDuplicate: bool,
  Driver: text,
  Scope: text,
  EnableIPv4: bool,
  EnableIPv6: bool,
  IPAM: fields({
    Driver: text,
    Options: textMap,
    Config: list(fields({ Subnet: text, IPRange: text, Gateway: text, AuxiliaryAddresses: textMap })),
  }),
  Internal: bool,
  Attachable: bool,
  Ingress: bool,
  ConfigOnly: bool,
  ConfigFrom: fields({ Network: text }),
  Options: textMap,
  Labels: textMap,
})
export type NetworkCreate = Decoded<typeof NetworkCreate>

/** Body of POST /networks/{id}/connect. */
export const NetworkConnect = fields({ Container: text, EndpointConfig: EndpointSettings })

/** Body of POST /networks/{id}/disconnect. */
export const NetworkDisconnect = fields({ Container: text, Force: bool })
