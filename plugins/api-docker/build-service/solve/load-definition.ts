import { posix } from 'node:path'
import { codedError } from '@moby/contracts'
import type { ProgressLog } from '../progress/progress-log.ts'
import { asStep } from '../progress/steps.ts'
import type { ClientSession } from '../session/client-session.ts'
import { readFiles } from '../session/read-files.ts'
import type { BuildSources } from './read-options.ts'

/** What is read before a build begins. */
export interface Definition {
  /** Undefined where it is in a context that comes from elsewhere. */
  readonly dockerfile: string | undefined
  readonly ignore: string
}

interface Parts {
  readonly sources: BuildSources
  readonly progress: ProgressLog
  readonly signal: AbortSignal
  /** The session that serves a folder of the client. */
  sessionFor(folder: string): Promise<ClientSession>
}

/** Reads Dockerfile and .dockerignore of the client. Errors: BUILD_CONTEXT_INVALID and those of the session. */
export async function loadDefinition({ sources, progress, signal, sessionFor }: Parts): Promise<Definition> {
  if (sources.remote !== undefined && !sources.isLocalDockerfile) return { dockerfile: undefined, ignore: '' }
  const { filename } = sources
  const own = `${filename}.dockerignore`
  // Docker takes either case of the usual name.
  const lower = posix.join(posix.dirname(filename), posix.basename(filename).toLowerCase())
  const names = posix.basename(filename) === 'Dockerfile' ? [filename, lower] : [filename]
  const files = await asStep(progress, `[internal] load build definition from ${filename}`, async (step) => {
    const found = await readFiles(await sessionFor(sources.dockerfile), sources.dockerfile, [...names, own], signal)
    const dockerfile = names.map((name) => found.get(name)).find((text) => text !== undefined)
    if (dockerfile === undefined) throw missing(filename)
    step.status({ id: 'transferring dockerfile:', current: dockerfile.length, done: true })
    return { dockerfile, ignore: found.get(own) }
  })
  if (files.ignore !== undefined) return { dockerfile: files.dockerfile, ignore: files.ignore }
  if (sources.remote !== undefined) return { dockerfile: files.dockerfile, ignore: '' }
  const ignore = await asStep(progress, '[internal] load .dockerignore', async () => {
    const found = await readFiles(await sessionFor(sources.context), sources.context, ['.dockerignore'], signal)
    return found.get('.dockerignore') ?? ''
  })
  return { dockerfile: files.dockerfile, ignore }
}

function missing(filename: string) {
  return codedError('BUILD_CONTEXT_INVALID', `failed to read dockerfile: open ${filename}: no such file or directory`, {
    hint: 'Name it with --file.',
  })
}
