import { mkdirSync, writeFileSync } from 'node:fs'
import { appendFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PartArchive } from './part-archive.ts'
import type { KeptRecord } from './kept-record.ts'

/**
 * Where the component's own package lies in the folder that a payload is unpacked into. Folders in one another stand for
 * those above its first place, so that an import finds what it found there, in the same order.
 */
export function ownFolder({ modules }: KeptRecord): string {
  return join(...modules.map(() => 'in'), 'parts', '0')
}

/**
 * Writes a payload into a folder in the form in which it runs: packages that it needs are found by their names before all
 * others, everything else where it was found before. `archives` are those of its parts. Throws PAYLOAD_DAMAGED.
 */
export async function unpackPayload(
  folder: string,
  record: KeptRecord,
  archives: readonly PartArchive[],
): Promise<void> {
  let place = folder
  await mkdir(place, { mode: 0o755 })
  for (const modules of record.modules) {
    await symlink(modules, join(place, 'node_modules'))
    place = join(place, 'in')
    await mkdir(place, { mode: 0o755 })
  }
  if (record.type !== undefined) await writeFile(join(place, 'package.json'), JSON.stringify({ type: record.type }))
  for (const [index, { name, modules }] of record.parts.entries()) {
    const part = join(place, 'parts', String(index))
    await mkdir(part, { recursive: true, mode: 0o755 })
    const archive = archives[index]
    if (archive !== undefined) await unpackPart(part, archive)
    if (modules !== undefined) await symlink(modules, join(part, 'node_modules'))
    if (name === '') continue
    const link = join(place, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true, mode: 0o755 })
    await symlink(relativePart(name, index), link)
  }
}

/** From `node_modules/NAME`, whose name may be `@scope/name`. */
function relativePart(name: string, index: number): string {
  return join(...name.split('/').map(() => '..'), 'parts', String(index))
}

async function unpackPart(folder: string, archive: PartArchive): Promise<void> {
  const made = new Set<string>()
  for (const file of archive.files) {
    const to = join(folder, file.path)
    const parent = dirname(to)
    if (!made.has(parent)) mkdirSync(parent, { recursive: true, mode: 0o755 })
    made.add(parent)
    const mode = file.isExecutable ? 0o755 : 0o644
    let isBegun = false
    for await (const piece of archive.read(file)) {
      if (isBegun) await appendFile(to, piece)
      else writeFileSync(to, piece, { mode, flag: 'wx' })
      isBegun = true
    }
    if (!isBegun) writeFileSync(to, '', { mode, flag: 'wx' })
  }
}
