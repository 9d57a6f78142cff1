import { join } from 'node:path'
import { execa } from 'execa'
import { DockerdPeer } from '../peers/dockerd.ts'

/**
 * dockerd and the engine in one network namespace of their own, so that they share bridges, rules and
 * routes with each other and with nobody else.
 */
export async function showBesideDockerd(): Promise<string> {
  if (!DockerdPeer.present)
    throw new Error('dockerd is not here: run test/peers/make-dockerd FOLDER and set MOBY_PEER_DOCKERD')
  const { exitCode } = await execa(
    'unshare',
    ['--net', process.execPath, join(import.meta.dirname, 'beside-dockerd-inside.ts')],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      reject: false,
    },
  )
  if (exitCode !== 0) throw new Error('see above')
  return 'both ran containers with published ports, and dockerd kept its rules and bridge'
}
