import { bool, message, string, uint32 } from '@moby/lib-ttrpc'

/** What the runc shim takes with Create (api/types/runc/options/oci.proto). */
export const RuncOptions = message('containerd.runc.v1.Options', {
  /** Who owns the pipes of the standard streams. */
  ioUid: uint32(4),
  ioGid: uint32(5),
  binaryName: string(6),
  /** Folder for the state of containers, `--root`; the shim appends the namespace. */
  root: string(7),
  systemdCgroup: bool(9),
})
