/** What the engine says that it accepts, in every call. */
export const acceptedMedia = 'application/vnd.docker.plugins.v1.2+json'

/** What plugins answer; nobody looks at it. */
export const answeredMedia = 'application/vnd.docker.plugins.v1.1+json'

/** Names of the protocols in the answer to `Plugin.Activate`: exact, with their case. */
export const protocols = {
  volume: 'VolumeDriver',
  network: 'NetworkDriver',
  ipam: 'IpamDriver',
  log: 'LogDriver',
  authorization: 'authz',
  metrics: 'MetricsCollector',
} as const
export type Protocol = keyof typeof protocols
