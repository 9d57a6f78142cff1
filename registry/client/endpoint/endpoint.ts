/** One way to a registry: itself or a mirror of it, with TLS or without. */
export interface Endpoint {
  /** Name of the registry as in references. */
  readonly registry: string
  /** Name that settings and certificates of this endpoint are found by: that of the registry, or the mirror's. */
  readonly name: string
  /** `https://registry-1.docker.io` */
  readonly origin: string
  /** `registry-1.docker.io`, with the port where it is not that of the scheme. */
  readonly host: string
  readonly isMirror: boolean
  /** Not known to be what it says: certificates are not checked, or there is no TLS. */
  readonly isInsecure: boolean
}
