import { StringDecoder } from 'node:string_decoder'
import { codedError, type BuildProgress, type ContainerSpec } from '@moby/contracts'
import type { RunInstruction } from '../dockerfile/instruction.ts'
import type { Build } from './build-parts.ts'
import { keep, stepKey, useCached } from './commit-step.ts'
import { runArguments } from './metadata-steps.ts'
import { readRunCommand } from './run-command.ts'
import { prepareMounts, type PreparedMounts } from './run-mounts.ts'
import { shellOf, tidyConfig, type StageState } from './stage-state.ts'

/** Label of the containers of RUN that no user is to keep, by which those of a killed engine are found. */
export const buildLabel = 'moby-origin.build'

/** RUN: a container of the image so far is run to its end, and what it changed is the next layer. */
export async function* runStep(
  build: Build,
  state: StageState,
  instruction: RunInstruction,
): AsyncGenerator<BuildProgress, void> {
  const { told, silent } = runArguments(build, state)
  const command = readRunCommand(instruction, shellOf(state.config))
  const createdBy = [...(told.length === 0 ? [] : [`|${told.length}`, ...told]), ...command.words].join(' ')
  const mounts = yield* prepareMounts(build, state, instruction, command.script)
  try {
    const key = stepKey(state, ['run', told, command.words, instruction.network, mounts.key, command.script?.text])
    if (yield* useCached(build, state, key, state.config)) return
    await mounts.open()
    // What the history must not tell, an image that is committed from the container would.
    const hidden = [...silent, ...mounts.env]
    const isKept = !build.spec.removeIntermediate && hidden.length === 0
    const spec = await containerSpec(build, state, instruction, {
      command: [...command.words],
      env: [...told, ...hidden],
      mounts,
      isKept,
    })
    const id = yield* runContainer(build, state, spec, { createdBy, mounts, isKept })
    await keep(build, state, { key, id, config: state.config, description: createdBy })
  } finally {
    await mounts.close()
  }
}

interface Running {
  readonly command: string[]
  readonly env: string[]
  readonly mounts: PreparedMounts
  /** Whether the container stays when the step is done. */
  readonly isKept: boolean
}

async function containerSpec(
  build: Build,
  state: StageState,
  instruction: RunInstruction,
  running: Running,
): Promise<ContainerSpec> {
  const { limits, network, extraHosts, securityOptions } = build.spec
  const mode = instruction.network === undefined || instruction.network === 'default' ? network : instruction.network
  return {
    image: state.image ?? (await emptyImage(build, state)),
    entrypoint: [''],
    command: running.command,
    env: running.env,
    labels: running.isKept ? {} : { [buildLabel]: '' },
    healthcheck: { test: ['NONE'] },
    logDriver: 'none',
    mounts: [...running.mounts.specs],
    ...(mode === undefined || mode === '' ? {} : { networkMode: mode }),
    ...(extraHosts.length === 0 ? {} : { extraHosts: [...extraHosts] }),
    ...(securityOptions.length === 0 ? {} : { securityOptions: [...securityOptions] }),
    ...(limits.cgroupParent ? { cgroupParent: limits.cgroupParent } : {}),
    ...(limits.shmSize === undefined || Number(limits.shmSize) === 0 ? {} : { shmSizeBytes: Number(limits.shmSize) }),
    ...(limits.ulimits === undefined
      ? {}
      : { ulimits: limits.ulimits.map(({ name, soft, hard }) => ({ name, soft, hard })) }),
    resources: resourcesOf(limits),
  }
}

function resourcesOf(limits: Build['spec']['limits']): NonNullable<ContainerSpec['resources']> {
  const given = {
    memoryBytes: numberOf(limits.memory),
    memorySwapBytes: numberOf(limits.memorySwap),
    cpuShares: limits.cpuShares,
    cpuPeriodUs: limits.cpuPeriod,
    cpuQuotaUs: limits.cpuQuota,
    cpusetCpus: limits.cpusetCpus,
    cpusetMems: limits.cpusetMems,
  }
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== 0 && value !== ''),
  )
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}

/** RUN on nothing: the container needs an image, which has no layer. */
async function emptyImage(build: Build, state: StageState): Promise<string> {
  const platform = state.platform === undefined ? {} : { platform: state.platform }
  const { id } = await build.parts.images.extend(
    { config: { ...tidyConfig(state.config) }, passing: true, ...platform },
    nothing(),
  )
  return id
}

async function* nothing(): AsyncGenerator<Uint8Array, void> {}

async function* runContainer(
  build: Build,
  state: StageState,
  spec: ContainerSpec,
  step: Pick<Running, 'mounts' | 'isKept'> & { readonly createdBy: string },
): AsyncGenerator<BuildProgress, string> {
  const { containers, log } = build.parts
  const { id } = await containers.create({ spec }, { signal: build.signal })
  const short = id.slice(0, 12)
  let keepContainer = false
  let isRemoved = false
  try {
    yield { stream: ` ---> Running in ${short}\n` }
    const exitCode = yield* runToEnd(build, id)
    if (exitCode !== 0) {
      keepContainer = step.isKept && !build.spec.forceRemove
      const command = (spec.command ?? []).join(' ')
      throw codedError('BUILD_STEP_FAILED', `The command '${command}' returned a non-zero code: ${exitCode}`, {
        details: { exitCode, command },
      })
    }
    const { id: image } = await containers.commit(
      {
        ref: id,
        exact: true,
        passing: true,
        config: { ...tidyConfig(state.config) },
        createdBy: step.createdBy,
        ...(state.author === undefined ? {} : { author: state.author }),
        without: [...step.mounts.points],
        pause: false,
      },
      { signal: build.signal },
    )
    keepContainer = step.isKept
    if (!keepContainer) {
      await containers.remove({ ref: id, force: true, volumes: true })
      isRemoved = true
      yield { stream: ` ---> Removed intermediate container ${short}\n` }
    }
    return image
  } finally {
    if (!keepContainer && !isRemoved) {
      await containers
        .remove({ ref: id, force: true, volumes: true })
        .catch((error: unknown) => log.warn('a container of a build was not removed', { id, error: String(error) }))
    }
  }
}

/** Starts it and gives its output until it has ended; answers the exit code. */
async function* runToEnd(build: Build, id: string): AsyncGenerator<BuildProgress, number> {
  const { containers } = build.parts
  const call = { signal: build.signal }
  const exit = containers.wait({ ref: id, condition: 'next-exit' }, call)[Symbol.asyncIterator]()
  await exit.next()
  const output = containers.attach(
    { ref: id, stdin: false, stdout: true, stderr: true, stream: true },
    (async function* () {})(),
    call,
  )
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') }
  for await (const { attached, stream = 'stdout', data } of output) {
    if (attached === true) await containers.start({ ref: id }, call)
    const text = data === undefined ? '' : decoders[stream].write(Buffer.from(data))
    if (text === '') continue
    // As the classic builder marks what goes to standard error.
    yield { stream: stream === 'stderr' ? `\u001B[91m${text}\u001B[0m` : text, output: { from: stream, text } }
  }
  for (let next = await exit.next(); next.done !== true; next = await exit.next()) {
    const { exitCode, error } = next.value
    if (exitCode !== undefined) return exitCode
    if (error !== undefined) throw codedError('BUILD_STEP_FAILED', error)
  }
  build.signal.throwIfAborted()
  throw codedError('BUILD_STEP_FAILED', 'The container of a step ended without an exit code')
}
