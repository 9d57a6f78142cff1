import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What `docker plugin create` takes: the volume plugin of example 06 as a managed plugin. Answers its folder. */
export async function writePluginFolder(
  folder: string,
  program: string,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  await mkdir(join(folder, 'rootfs'), { recursive: true })
  await copyFile(program, join(folder, 'rootfs/foldervolumes'))
  const config = {
    description: 'volumes as folders',
    documentation: 'https://example.invalid/folders',
    entrypoint: ['/foldervolumes', '-socket', '/run/docker/plugins/folders.sock', '-root', '/state'],
    interface: { types: ['docker.volumedriver/1.0'], socket: 'folders.sock' },
    network: { type: 'host' },
    propagatedMount: '/state',
    linux: { capabilities: ['CAP_SYS_ADMIN'] },
    env: [
      { name: 'DEBUG', settable: ['value'], value: '0' },
      { name: 'FIXED', value: 'x' },
    ],
    ...changes,
  }
  await writeFile(join(folder, 'config.json'), JSON.stringify(config))
  return folder
}
