import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { codedError } from '@moby/contracts'
import { bootAssembly } from '../../kernel/boot-assembly.ts'
import { lockPath, writeLock } from '../../lock/lock-file.ts'
import { makeLock } from '../../lock/make-lock.ts'
import { loadManifest } from '../../manifest/load-manifest.ts'
import { resolveAssembly } from '../../resolve/resolve-assembly.ts'
import { openAssembly } from '../assembly-option.ts'
import type { Command } from '../command.ts'
import { logOf } from '../log-option.ts'
import { rootsOf } from '../roots.ts'
import { servedAssembly } from '../served-assembly.ts'
import { catchSignals } from '../signals.ts'
import { sourcesFor } from '../sources.ts'

const roots = { dataRoot: '/var/lib/moby-docker-plugin', runRoot: '/run/moby-docker-plugin' }

/** Runs components without an engine, behind the protocols in which Docker's engine speaks to its plugins. */
export const command: Command = {
  async run(line) {
    const asked = catchSignals()
    const socket = line.value('socket')
    if (socket === undefined) {
      throw codedError('COMMAND_USAGE', 'moby serve-docker-plugin needs --socket PATH', {
        hint: 'for the plugin NAME of an engine of Docker: --socket /run/docker/plugins/NAME.sock',
        span: line.spanOf(undefined),
      })
    }
    const file = await openAssembly(line)
    const sources = sourcesFor(file.file)
    const { dataRoot, runRoot } = rootsOf(line, roots)
    await mkdir(dataRoot, { recursive: true, mode: 0o711 })
    const manifestPath = join(dataRoot, 'served.yaml')
    await writeFile(manifestPath, await servedAssembly(file, sources, line.positionals, resolve(socket)))
    await writeLock(
      lockPath(manifestPath),
      await makeLock(await resolveAssembly(await loadManifest(manifestPath), sources)),
    )
    const log = logOf(line)
    const assembly = await bootAssembly({ manifestPath, dataRoot, runRoot, sources, log })
    process.stdout.write(`${line.positionals.join(', ')} served at ${resolve(socket)}\n`)
    const signal = await asked
    process.stdout.write(`${signal}: stopping\n`)
    const errors = await assembly.stop('leave-containers')
    for (const { message } of errors) process.stderr.write(`did not stop well: ${message}\n`)
    log.flush()
    return errors.length === 0 ? 0 : 1
  },
}
