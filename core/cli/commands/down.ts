import { bootAssembly } from '../../kernel/boot-assembly.ts'
import { assemblyPath, pointAtCommandLine } from '../assembly-option.ts'
import type { Command } from '../command.ts'
import { logOf } from '../log-option.ts'
import { pluginDirsOf } from '../plugin-dirs.ts'
import { rootsOf } from '../roots.ts'
import { removeEmptyFolders } from '../run-files.ts'
import { sourcesFor } from '../sources.ts'

/** Brings the assembly up without its front-ends, so that it finds what it left, and down with everything. */
export const command: Command = {
  async run(line) {
    const manifestPath = assemblyPath(line)
    const roots = rootsOf(line)
    const log = logOf(line)
    const assembly = await bootAssembly({
      manifestPath,
      ...roots,
      sources: sourcesFor,
      log,
      frontEnds: false,
      pluginDirs: pluginDirsOf(line),
    }).catch((error: unknown) => {
      throw pointAtCommandLine(error, line)
    })
    const errors = await assembly.stop('stop-containers')
    await removeEmptyFolders(roots.runRoot)
    for (const { message } of errors) process.stderr.write(`did not stop well: ${message}\n`)
    if (errors.length === 0) process.stdout.write(`Nothing of ${assembly.facts.name} is left running\n`)
    log.flush()
    return errors.length === 0 ? 0 : 1
  },
}
