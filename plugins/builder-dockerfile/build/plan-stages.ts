import { codedError, type BuildSpec } from '@moby/contracts'
import type { Dockerfile, Stage } from '../dockerfile/instruction.ts'
import { expandWord } from '../expand/expand-word.ts'
import { predefinedArgs } from './stage-state.ts'

/** A stage with its FROM resolved. */
export interface PlannedStage {
  readonly index: number
  readonly stage: Stage
  /** Name of an image, `scratch`, or the number of an earlier stage. */
  readonly base: string | number
  readonly platform: string | undefined
}

export interface BuildPlan {
  readonly stages: readonly PlannedStage[]
  /** Numbers of the stages that the target needs, in order; the target is the last. */
  readonly needed: readonly number[]
  readonly globals: ReadonlyMap<string, string>
}

/** Decides which stages are built, from what. Errors: DOCKERFILE_INVALID, BUILD_OPTION_INVALID. */
export function planStages(file: Dockerfile, spec: BuildSpec, usedArgs: Set<string>): BuildPlan {
  const globals = globalArgs(file, spec, usedArgs)
  const stages: PlannedStage[] = []
  for (const [index, stage] of file.stages.entries()) {
    const expand = (text: string) => expandWord(text, { environment: globals, escape: file.escape })
    const name = expand(stage.base)
    if (name === '')
      throw codedError('DOCKERFILE_INVALID', `base name (${stage.base}) should not be blank`, {
        details: { line: stage.line },
      })
    const earlier = stages.findLast((each) => each.stage.name === name.toLowerCase())
    const platform = (stage.platform === undefined ? spec.platform : expand(stage.platform)) || undefined
    stages.push({ index, stage, base: earlier?.index ?? name, platform })
  }
  const target = findTarget(stages, spec.target)
  return { stages, needed: neededFor(stages, target), globals }
}

/** The stage that a name or number means, among those before `index`. */
export function findStage(stages: readonly PlannedStage[], name: string, index: number): PlannedStage | undefined {
  const earlier = stages.slice(0, index)
  const named = earlier.findLast(({ stage }) => stage.name === name.toLowerCase())
  if (named !== undefined) return named
  return /^\d{1,6}$/.test(name) ? earlier[Number(name)] : undefined
}

function globalArgs(file: Dockerfile, spec: BuildSpec, usedArgs: Set<string>): Map<string, string> {
  const globals = platformArgs(spec.platform)
  for (const { name, value } of file.globalArgs) {
    const given = Object.hasOwn(spec.args, name) ? spec.args[name] : undefined
    if (Object.hasOwn(spec.args, name)) usedArgs.add(name)
    const fallback = value === undefined ? undefined : expandWord(value, { environment: globals, escape: file.escape })
    const result = given ?? fallback
    if (result !== undefined) globals.set(name, result)
  }
  return globals
}

const hostArchitecture = { x64: 'amd64', ia32: '386' }[process.arch as string] ?? process.arch

/** What BuildKit tells of platforms; a stage gets them where it declares them. */
function platformArgs(platform: string | undefined): Map<string, string> {
  const host = `linux/${hostArchitecture}`
  const told = new Map<string, string>()
  for (const [prefix, text] of [
    ['BUILD', host],
    ['TARGET', platform ?? host],
  ] as const) {
    const [os = '', architecture = hostArchitecture, variant = ''] = text.split('/')
    told.set(`${prefix}PLATFORM`, text)
    told.set(`${prefix}OS`, os)
    told.set(`${prefix}ARCH`, architecture)
    told.set(`${prefix}VARIANT`, variant)
  }
  return told
}

function findTarget(stages: readonly PlannedStage[], target: string | undefined): number {
  if (target === undefined || target === '') return stages.length - 1
  const found = findStage(stages, target, stages.length)
  if (found !== undefined) return found.index
  const names = stages.flatMap(({ stage }) => stage.name ?? [])
  throw codedError('BUILD_OPTION_INVALID', `target stage ${JSON.stringify(target)} could not be found`, {
    hint: names.length === 0 ? 'No stage of it has a name.' : `Its stages are ${names.join(', ')}.`,
  })
}

function neededFor(stages: readonly PlannedStage[], target: number): number[] {
  const needed = new Set<number>()
  const visit = (index: number) => {
    const planned = stages[index]
    if (planned === undefined || needed.has(index)) return
    needed.add(index)
    if (typeof planned.base === 'number') visit(planned.base)
    for (const instruction of planned.stage.instructions) {
      const sources =
        instruction.kind === 'copy'
          ? [instruction.from]
          : instruction.kind === 'run'
            ? instruction.mounts.map(({ from }) => from)
            : []
      for (const from of sources) {
        const found = from === undefined ? undefined : findStage(stages, from, index)
        if (found !== undefined) visit(found.index)
      }
    }
  }
  visit(target)
  return [...needed].sort((a, b) => a - b)
}

/** Names of `--build-arg` that nothing took. */
export function unusedArgs(spec: BuildSpec, used: ReadonlySet<string>): string[] {
  return Object.keys(spec.args)
    .filter((name) => !used.has(name) && !predefinedArgs.has(name))
    .sort()
}
