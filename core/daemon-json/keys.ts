import type { DaemonKey } from './daemon-key.ts'
import { containerKeys } from './keys/container-keys.ts'
import { engineKeys } from './keys/engine-keys.ts'
import { imageKeys } from './keys/image-keys.ts'
import { networkKeys } from './keys/network-keys.ts'
import { otherKeys } from './keys/other-keys.ts'
import { tlsKeys } from './keys/tls-keys.ts'

/** Every key that dockerd 28.5 reads of its `daemon.json`, and what becomes of it here. */
export const daemonKeys: Readonly<Record<string, DaemonKey>> = {
  ...engineKeys,
  ...tlsKeys,
  ...containerKeys,
  ...networkKeys,
  ...imageKeys,
  ...otherKeys,
}
