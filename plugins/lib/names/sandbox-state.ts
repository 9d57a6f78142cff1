/** Ending of the files that tell the name servers in sandboxes, one file a sandbox. */
export const sandboxEnding = '.sandbox'

/** A name server of others that is asked for what the networks do not know. */
export interface Upstream {
  /** `10.0.0.1`, or with a port `10.0.0.1#5353`. */
  readonly server: string
  /** `sandbox`: with the links and routes of the container; `host`: with those of the host. */
  readonly side: 'sandbox' | 'host'
}

/** Ports of the name server in a sandbox; 0: any. */
export interface SandboxPorts {
  readonly udp: number
  readonly tcp: number
}

/** What the name server in one sandbox knows: the content of its file. */
export interface SandboxState {
  /** By this links of its container are known in the zones of networks. */
  readonly sandboxId: string
  /** Path of the network namespace. */
  readonly namespace: string
  /** Address in it at which is listened. */
  readonly address: string
  readonly ports: SandboxPorts
  /** Files of the zones that are asked, in order. */
  readonly zones: readonly string[]
  readonly upstream: readonly Upstream[]
  /** Whether names without a dot are asked of nobody else, because the container searches in domains of its own. */
  readonly keepsPlainNames: boolean
}
