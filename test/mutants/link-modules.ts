import { mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

// node test/mutants/link-modules.ts FROM, in a copy of this project: links the packages that are installed in FROM. Those
// of the workspace are linked as npm links them, to the folders of the copy; else the code of a library would be that
// of FROM, without its mutants.
const [from = ''] = process.argv.slice(2)
linkAll(join(from, 'node_modules'), 'node_modules')

function linkAll(installed: string, here: string): void {
  mkdirSync(here)
  for (const entry of readdirSync(installed, { withFileTypes: true })) {
    const [there, place] = [join(installed, entry.name), join(here, entry.name)]
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(there), place)
    else if (entry.name.startsWith('@')) linkAll(there, place)
    else symlinkSync(there, place)
  }
}
