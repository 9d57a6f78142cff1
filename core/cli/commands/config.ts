import { codedError } from '@moby/contracts'
import { renderOutcomes } from '../../daemon-json/render-outcomes.ts'
import { readAssembly } from '../../kernel/read-assembly.ts'
import { assemblyPath, pointAtCommandLine } from '../assembly-option.ts'
import type { Command } from '../command.ts'
import { daemonFileOf } from '../daemon-file-option.ts'
import { sourcesFor } from '../sources.ts'

/** Tells what each key of a `daemon.json` becomes in an assembly, and starts nothing. */
export const command: Command = {
  async run(line) {
    const translation = await daemonFileOf(line)
    const daemonFile = line.value('config-file')
    if (translation === undefined) {
      throw codedError('COMMAND_USAGE', 'moby config needs --config-file FILE', {
        hint: 'for the file of dockerd: --config-file /etc/docker/daemon.json',
        span: line.spanOf(undefined),
      })
    }
    const { daemon } = await readAssembly(assemblyPath(line), { sources: sourcesFor, daemonFile }).catch(
      (error: unknown) => {
        throw pointAtCommandLine(error, line)
      },
    )
    const outcomes = daemon ?? { ...translation, applied: [] }
    process.stdout.write(
      line.flag('json') ? `${JSON.stringify(tellAll(outcomes), undefined, 2)}\n` : renderOutcomes(outcomes),
    )
    return 0
  },
}

function tellAll({ outcomes, applied, engine }: Parameters<typeof renderOutcomes>[0]) {
  return {
    keys: outcomes.map(({ key, value, outcome }) => ({
      key,
      value,
      fate: outcome.fate,
      ...(outcome.fate === 'taken' ? {} : { because: outcome.because }),
      settings: applied
        .filter((each) => each.key === key)
        .map(({ entry, path, value: set }) => ({ entry, path, value: set })),
    })),
    engine,
  }
}
