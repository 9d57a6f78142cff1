import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codedError, type BuildProgress, type BuildSpec, type Image } from '@moby/contracts'
import type { ExecutionConfig } from 'oci-spec-ts'
import { prepareContext } from '../context/prepare-context.ts'
import type { Instruction } from '../dockerfile/instruction.ts'
import { parseDockerfile, parseTrigger } from '../dockerfile/parse-dockerfile.ts'
import { findBaseImage } from './base-image.ts'
import type { Build, BuilderParts } from './build-parts.ts'
import { commitStep } from './commit-step.ts'
import { copyStep } from './copy-step.ts'
import { changeMetadata, refuseOptions } from './metadata-steps.ts'
import { findStage, planStages, unusedArgs, type PlannedStage } from './plan-stages.ts'
import { runStep } from './run-step.ts'
import { defaultPath, environmentOf, shellOf, tidyConfig, type StageState } from './stage-state.ts'
import { warning } from './warning.ts'
import { workdirStep } from './workdir-step.ts'

/**
 * Builds an image. What is told follows the classic builder of dockerd. Whatever happens, containers and files of the
 * build are gone afterwards; images of finished steps stay as cache.
 */
export async function* runBuild(
  parts: BuilderParts,
  spec: BuildSpec,
  input: AsyncIterable<Uint8Array>,
  outer: AbortSignal | undefined,
): AsyncGenerator<BuildProgress, void> {
  refuseOptions(spec)
  for (const name of spec.tags) await parts.images.checkName({ name })
  const ending = new AbortController()
  const signal = outer === undefined ? ending.signal : AbortSignal.any([outer, ending.signal])
  await mkdir(parts.folder, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(parts.folder, 'build-'))
  const held: string[] = []
  try {
    const place = { contents: join(folder, 'context'), mostBytes: parts.maxContextBytes, signal }
    const { tree, dockerfile } = await prepareContext(spec, input, place)
    const file = parseDockerfile(dockerfile)
    const usedArgs = new Set<string>()
    const plan = planStages(file, spec, usedArgs)
    const stages = new Stages(
      {
        parts,
        spec,
        folder,
        context: tree,
        escape: file.escape,
        signal,
        globals: plan.globals,
        usedArgs,
        hold: (image) => {
          const isHeld = parts.held.hold(image)
          if (isHeld) held.push(image)
          return isHeld
        },
        newPath: (kind: string) => join(folder, `${kind}-${randomBytes(8).toString('hex')}`),
      },
      plan.stages,
    )
    if (spec.cacheFrom.length > 0) {
      yield warning('Images of --cache-from are not looked at: only steps that were built here are used again')
    }
    const target = plan.needed.at(-1) ?? 0
    const lines = [...new Map(file.globalArgs.map(({ text, line }) => [text, line]))]
    const labels = Object.entries(spec.labels)
    const count = plan.needed.reduce((sum, index) => sum + 1 + (plan.stages[index]?.stage.instructions.length ?? 0), 0)
    stages.total = lines.length + count + labels.length
    for (const [text, line] of lines) yield stages.tell({ stage: '', number: 0, count: 0, text, line })
    for (const index of plan.needed) yield* stages.build(index, index === target ? labels : [])
    const image = stages.imageOf(target)
    if (image === undefined) throw codedError('DOCKERFILE_INVALID', 'No image was generated. Is your Dockerfile empty?')
    const unused = unusedArgs(spec, usedArgs)
    if (unused.length > 0) {
      yield warning(`One or more build-args [${unused.join(' ')}] were not consumed`)
    }
    yield { imageId: image }
    yield { stream: `Successfully built ${shortId(image)}\n` }
    for (const tag of spec.tags) {
      await parts.images.tag({ ref: image, target: tag })
      yield { stream: `Successfully tagged ${withTag(tag)}\n` }
    }
  } finally {
    ending.abort()
    for (const image of held) parts.held.release(image)
    await rm(folder, { recursive: true, force: true })
  }
}

class Stages {
  total = 0
  #step = 0
  readonly #parts: Omit<Build, 'stageImage' | 'baseImage'>
  readonly #planned: readonly PlannedStage[]
  readonly #images = new Map<number, { readonly image: string | undefined; readonly config: ExecutionConfig }>()

  constructor(parts: Omit<Build, 'stageImage' | 'baseImage'>, planned: readonly PlannedStage[]) {
    this.#parts = parts
    this.#planned = planned
  }

  imageOf(index: number): string | undefined {
    return this.#images.get(index)?.image
  }

  tell(step: Omit<NonNullable<BuildProgress['step']>, 'stages'>): BuildProgress {
    this.#step += 1
    return {
      stream: `Step ${this.#step}/${Math.max(this.total, this.#step)} : ${step.text}\n`,
      step: { ...step, stages: this.#planned.length },
    }
  }

  async *build(index: number, labels: readonly (readonly [string, string])[]): AsyncGenerator<BuildProgress, void> {
    const planned = this.#planned[index]
    if (planned === undefined || this.#images.has(index)) return
    const build: Build = {
      ...this.#parts,
      stageImage: (name) => this.#stageImage(name, index),
      baseImage: (reference, platform) => this.#baseImage(reference, platform),
    }
    const steps = [...planned.stage.instructions, ...labelInstructions(labels)]
    const place = { stage: planned.stage.name ?? `stage-${index}`, count: 1 + steps.length }
    yield this.tell({ ...place, number: 1, text: planned.stage.text, line: planned.stage.line })
    const state = yield* this.#begin(build, planned)
    yield told(state)
    const triggers = (state.config.OnBuild ?? []).flatMap(parseTrigger)
    if (triggers.length > 0) {
      yield { stream: `# Executing ${triggers.length} build trigger${triggers.length === 1 ? '' : 's'}\n` }
    }
    if (state.config.OnBuild !== undefined) state.config = tidyConfig({ ...state.config, OnBuild: null })
    for (const trigger of triggers) {
      yield* runInstruction(build, state, trigger)
      yield told(state)
    }
    for (const [at, instruction] of steps.entries()) {
      this.#parts.signal.throwIfAborted()
      yield this.tell({ ...place, number: at + 2, text: instruction.text, line: instruction.line })
      yield* runInstruction(build, state, instruction)
      yield told(state)
    }
    this.#images.set(index, { image: state.image, config: state.config })
  }

  async *#begin(build: Build, { base, platform }: PlannedStage): AsyncGenerator<BuildProgress, StageState> {
    const state: StageState = {
      image: undefined,
      config: {},
      author: undefined,
      platform,
      args: new Map(),
      hasCommand: false,
    }
    if (typeof base === 'number') {
      const earlier = this.#images.get(base)
      state.image = earlier?.image
      state.config = earlier?.config ?? {}
    } else if (base !== 'scratch') {
      const image = yield* build.baseImage(base, platform)
      state.image = image.id
      state.config = tidyConfig(image.config as ExecutionConfig)
    }
    if (!environmentOf(state.config).has('PATH')) {
      state.config = { ...state.config, Env: [...(state.config.Env ?? []), `PATH=${defaultPath}`] }
    }
    return state
  }

  async *#baseImage(reference: string, platform: string | undefined): AsyncGenerator<BuildProgress, Image> {
    const { parts, spec, signal } = this.#parts
    const image = yield* findBaseImage(parts, spec, { reference, platform, signal })
    this.#parts.hold(image.id)
    return image
  }

  async *#stageImage(name: string, before: number): AsyncGenerator<BuildProgress, string | undefined> {
    const found = findStage(this.#planned, name, before)
    if (found === undefined) return undefined
    // A trigger of a base image may name a stage that nobody else needs.
    if (!this.#images.has(found.index)) yield* this.build(found.index, [])
    const image = this.imageOf(found.index)
    if (image !== undefined) return image
    const { id } = await this.#parts.parts.images.extend({ passing: true }, (async function* () {})())
    return id
  }
}

async function* runInstruction(
  build: Build,
  state: StageState,
  instruction: Instruction,
): AsyncGenerator<BuildProgress, void> {
  switch (instruction.kind) {
    case 'run':
      return yield* runStep(build, state, instruction)
    case 'copy':
    case 'add':
      return yield* copyStep(build, state, instruction)
    case 'workdir':
      return yield* workdirStep(build, state, instruction.value)
    default: {
      const { config, comment } = changeMetadata(build, state, instruction)
      yield* commitStep(build, state, {
        createdBy: `${shellOf(config).join(' ')} #(nop)  ${comment}`,
        key: [instruction.kind],
        config,
      })
    }
  }
}

function told({ image }: StageState): BuildProgress {
  return { stream: ` ---> ${image === undefined ? '' : shortId(image)}\n` }
}

/** Each `--label` is a last instruction of the target. */
function labelInstructions(labels: readonly (readonly [string, string])[]): Instruction[] {
  const quoted = (text: string) => `"${text.replaceAll(/["\\$]/g, String.raw`\$&`)}"`
  const plain = (text: string) => (/^[\w.:/@-]+$/.test(text) ? text : quoted(text))
  return labels
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const text = `LABEL ${plain(name)}=${plain(value)}`
      return { kind: 'label', line: 0, text, pairs: [{ name: quoted(name), value: quoted(value) }] }
    })
}

function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12)
}

/** The familiar form with its tag, `x:latest`. */
function withTag(name: string): string {
  const familiar = name.replace(/^docker\.io\/(?:library\/)?/, '')
  return /:[^/]+$/.test(familiar) ? familiar : `${familiar}:latest`
}
