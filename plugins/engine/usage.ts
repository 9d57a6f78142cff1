/** A container as far as the users of an object are concerned. */
export interface ContainerUser {
  readonly id: string
  /** Without slash. */
  readonly name: string
  /** True while its process lives, paused or not. */
  readonly running: boolean
}

/**
 * Who uses what. Every answer is derived from the persisted container records at the moment of the
 * question, so that nothing has to be counted, and nothing can be counted wrong.
 */
export interface ContainerUsage {
  /** Containers made from an image, by the id of the image. */
  ofImage(imageId: string): readonly ContainerUser[]
  /** Containers that mount an image, by the id of the image: each has a view of its own that outlives it. */
  mountingImage(imageId: string): readonly ContainerUser[]
  /** Containers that mount a volume, or would when they start. */
  ofVolume(name: string): readonly ContainerUser[]
  /** Containers with an endpoint on a network, live or configured, by the id of the network. */
  ofNetwork(networkId: string): readonly ContainerUser[]
  /** How many containers are in each state, for `docker info`. */
  counts(): { readonly total: number; readonly running: number; readonly paused: number; readonly stopped: number }
}
