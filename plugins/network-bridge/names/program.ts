/** Files of this folder that the name server process runs; they import nothing but Node and each other. */
export const sources = [
  'control',
  'datagram-relay',
  'dns-message',
  'forwarder',
  'listener',
  'name-server',
  'port-relays',
  'process',
  'stream-relay',
  'tcp-frame',
  'zone',
] as const

/** The process knows some hundred names and connections: a small heap keeps V8 from spending memory to save time. */
export const nodeOptions = [
  '--max-old-space-size=48',
  '--max-semi-space-size=1',
  '--v8-pool-size=0',
  '--disable-warning=ExperimentalWarning',
] as const
