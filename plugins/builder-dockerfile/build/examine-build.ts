import { posix } from 'node:path'
import type { BuildSpec, builder, Implementation } from '@moby/contracts'
import type { Instruction } from '../dockerfile/instruction.ts'
import { parseDockerfile } from '../dockerfile/parse-dockerfile.ts'
import { expandWord } from '../expand/expand-word.ts'
import { PatternMatcher } from '../ignore/pattern-matcher.ts'
import { readIgnoreFile } from '../ignore/read-ignore-file.ts'
import { findStage, planStages } from './plan-stages.ts'

type Examined = Awaited<ReturnType<Implementation<typeof builder>['examine']>>

/** What the stages that the target needs ask for. Errors: DOCKERFILE_INVALID, BUILD_OPTION_INVALID, BUILD_CONTEXT_INVALID. */
export function examineBuild(spec: BuildSpec): Examined {
  const file = parseDockerfile(spec.dockerfileContent ?? '')
  const { stages, needed, globals } = planStages(file, spec, new Set())
  const patterns = readIgnoreFile(spec.ignoreContent ?? '')
  // A pattern that cannot be read is told here, before any file is sent.
  const excluded = new PatternMatcher(patterns).isEmpty ? [] : patterns
  const images = new Set<string>()
  const secrets = new Set<string>()
  const environment = new Map(globals)
  for (const [name, value] of Object.entries(spec.args)) if (value !== null) environment.set(name, value)
  const expand = (text: string) => expandWord(text, { environment, escape: file.escape, keepUnset: true })
  for (const index of needed) {
    const planned = stages[index]
    if (typeof planned?.base === 'string' && planned.base !== 'scratch') images.add(planned.base)
    for (const instruction of planned?.stage.instructions ?? []) {
      for (const from of sourcesOf(instruction)) {
        if (findStage(stages, from, index) === undefined) images.add(expand(from))
      }
      for (const id of secretsOf(instruction)) secrets.add(expand(id))
    }
  }
  return { images: [...images], secrets: [...secrets], excluded }
}

function sourcesOf(instruction: Instruction): readonly string[] {
  if (instruction.kind === 'copy') return instruction.from === undefined ? [] : [instruction.from]
  return instruction.kind === 'run' ? instruction.mounts.flatMap(({ from }) => from ?? []) : []
}

function secretsOf(instruction: Instruction): readonly string[] {
  if (instruction.kind !== 'run') return []
  return instruction.mounts
    .filter(({ type }) => type === 'secret')
    .map(({ id, target, source }) => id ?? posix.basename(target ?? source ?? ''))
}
