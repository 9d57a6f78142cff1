import { existsSync } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { dockerdFolder } from './dockerd.ts'

const plugin = join(dockerdFolder, 'usr/libexec/docker/cli-plugins/docker-compose')

/** Gives the docker CLI that uses this folder of configuration (`DOCKER_CONFIG`) the peer's Compose. */
export async function addCompose(configFolder: string): Promise<void> {
  if (!existsSync(plugin))
    throw new Error('Compose is not here: run test/peers/make-clients FOLDER and set MOBY_PEER_DOCKERD')
  await mkdir(join(configFolder, 'cli-plugins'), { recursive: true })
  await symlink(plugin, join(configFolder, 'cli-plugins/docker-compose'))
}
