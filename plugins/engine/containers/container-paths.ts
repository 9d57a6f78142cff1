import { join } from 'node:path'

/** Where things of a container are. `data` survives a reboot, `run` does not have to. */
export class ContainerPaths {
  /** Files that belong to the container: resolv.conf, hosts, hostname, spool of the output. */
  readonly data: string
  /** Bundle and mount points of the running container. */
  readonly run: string
  /** Where images and parts of volumes are mounted on the host, while the container runs or its files are copied. */
  readonly mounts: string

  constructor(folders: { readonly data: string; readonly run: string }, id: string) {
    this.mounts = join(folders.run, 'm', id)
    this.data = join(folders.data, 'containers', id)
    this.run = join(folders.run, 'c', id)
  }

  get rootfs(): string {
    return join(this.run, 'rootfs')
  }

  get shm(): string {
    return join(this.run, 'shm')
  }

  get resolvConf(): string {
    return join(this.data, 'resolv.conf')
  }

  get hosts(): string {
    return join(this.data, 'hosts')
  }

  get hostname(): string {
    return join(this.data, 'hostname')
  }
}
