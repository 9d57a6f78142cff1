import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'

const root = join(import.meta.dirname, '../..')

/** The default assembly with copies in the place of overlays, locked; answers its manifest. */
export async function makeCopyAssembly(folder: string): Promise<string> {
  const manifest = join(folder, 'moby.yaml')
  const text = await readFile(join(root, 'plugins/origin/moby.yaml'), 'utf8')
  await writeFile(manifest, text.replace('use: moby/storage-overlay', 'use: moby/storage-copy'))
  await execa(join(root, 'node_modules/.bin/moby'), ['lock', '--assembly', manifest], { cwd: root })
  return manifest
}
