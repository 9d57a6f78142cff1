import { existsSync } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { dockerdFolder } from './dockerd.ts'

const plugin = join(dockerdFolder, 'usr/libexec/docker/cli-plugins/docker-buildx')

/** True when `make-image-tools` has installed it. */
export function buildxPresent(): boolean {
  return existsSync(plugin)
}

/** Gives the docker CLI that uses this folder of configuration (`DOCKER_CONFIG`) the peer's buildx. */
export async function addBuildx(configFolder: string): Promise<void> {
  if (!buildxPresent())
    throw new Error('buildx is not here: run test/peers/make-image-tools FOLDER and set MOBY_PEER_DOCKERD')
  await mkdir(join(configFolder, 'cli-plugins'), { recursive: true })
  await symlink(plugin, join(configFolder, 'cli-plugins/docker-buildx'))
}
