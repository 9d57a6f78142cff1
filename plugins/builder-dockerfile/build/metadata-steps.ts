import { posix } from 'node:path'
import { codedError } from '@moby/contracts'
import type { ExecutionConfig } from 'oci-spec-ts'
import { dockerfileError } from '../dockerfile/dockerfile-error.ts'
import type { CommandForm, HealthcheckInstruction, Instruction } from '../dockerfile/instruction.ts'
import { expandToWords, expandWord } from '../expand/expand-word.ts'
import type { Build } from './build-parts.ts'
import { formatHealthcheck, plainList, quoteList } from './go-format.ts'
import { isSignal } from './signals.ts'
import { environmentOf, predefinedArgs, shellOf, variablesOf, type StageState } from './stage-state.ts'

/** What an instruction that makes no files does: another configuration, and what the history tells. */
export interface MetadataChange {
  readonly config: ExecutionConfig
  readonly comment: string
}

type Metadata = Exclude<Instruction, { readonly kind: 'copy' | 'add' | 'run' | 'workdir' }>

/** Applies one instruction. Fails with DOCKERFILE_INVALID. */
export function changeMetadata(build: Build, state: StageState, instruction: Metadata): MetadataChange {
  const { config } = state
  const variables = variablesOf(state)
  const expand = (text: string) => expandWord(text, { environment: variables, escape: build.escape })
  switch (instruction.kind) {
    case 'env': {
      const environment = environmentOf(config)
      const pairs = instruction.pairs.map(({ name, value }) => [expand(name), expand(value)] as const)
      for (const [name, value] of pairs) environment.set(name, value)
      const comment = `ENV ${pairs.map(([name, value]) => `${name}=${value}`).join(' ')}`
      return { config: { ...config, Env: [...environment].map(([name, value]) => `${name}=${value}`) }, comment }
    }
    case 'label': {
      const pairs = instruction.pairs.map(({ name, value }) => [expand(name), expand(value)] as const)
      const comment = `LABEL ${pairs.map(([name, value]) => `${name}=${value}`).join(' ')}`
      return { config: { ...config, Labels: { ...config.Labels, ...Object.fromEntries(pairs) } }, comment }
    }
    case 'arg':
      return declareArgs(build, state, instruction.args, expand)
    case 'cmd': {
      state.hasCommand = true
      const command = wordsOf(config, instruction.command)
      return { config: { ...config, Cmd: command }, comment: `CMD ${quoteList(command)}` }
    }
    case 'entrypoint': {
      const entrypoint = wordsOf(config, instruction.command)
      const next = { ...config, Entrypoint: entrypoint }
      if (!state.hasCommand) delete next.Cmd
      return { config: next, comment: `ENTRYPOINT ${quoteList(entrypoint)}` }
    }
    case 'shell':
      return { config: { ...config, Shell: [...instruction.words] }, comment: `SHELL ${plainList(instruction.words)}` }
    case 'expose': {
      const words = instruction.words.flatMap((word) =>
        expandToWords(word, { environment: variables, escape: build.escape }),
      )
      const ports = words.flatMap((word) => readPorts(word, instruction.line))
      const comment = `EXPOSE ${words.toSorted().join(' ')}`
      return { config: { ...config, ExposedPorts: { ...config.ExposedPorts, ...keysOf(ports) } }, comment }
    }
    case 'volume': {
      const paths = instruction.words.map(expand)
      if (paths.some((path) => path.trim() === '')) {
        throw dockerfileError(instruction.line, 'VOLUME specified can not be an empty string')
      }
      return {
        config: { ...config, Volumes: { ...config.Volumes, ...keysOf(paths) } },
        comment: `VOLUME ${plainList(paths)}`,
      }
    }
    case 'user': {
      const user = expand(instruction.value)
      return { config: { ...config, User: user }, comment: `USER ${user}` }
    }
    case 'stopsignal': {
      const signal = expand(instruction.value)
      if (!isSignal(signal)) throw dockerfileError(instruction.line, `invalid signal: ${signal}`)
      return { config: { ...config, StopSignal: signal }, comment: `STOPSIGNAL ${signal}` }
    }
    case 'maintainer':
      state.author = instruction.value
      return { config, comment: `MAINTAINER ${instruction.value}` }
    case 'onbuild': {
      const triggers = [...(config.OnBuild ?? []), instruction.value]
      return { config: { ...config, OnBuild: triggers }, comment: `ONBUILD ${instruction.value}` }
    }
    case 'healthcheck': {
      const check = checkOf(instruction)
      return { config: { ...config, Healthcheck: check }, comment: `HEALTHCHECK ${formatHealthcheck(check)}` }
    }
  }
}

/** The working directory that WORKDIR leads to. */
export function workingDirectory(config: ExecutionConfig, path: string): string {
  return posix.resolve('/', config.WorkingDir ?? '', path)
}

function declareArgs(
  build: Build,
  state: StageState,
  args: readonly { readonly name: string; readonly value?: string }[],
  expand: (text: string) => string,
): MetadataChange {
  const written: string[] = []
  for (const { name, value } of args) {
    const fallback = value === undefined ? build.globals.get(name) : expand(value)
    state.args.set(name, givenArg(build, name) ?? fallback)
    written.push(value === undefined ? name : `${name}=${fallback ?? ''}`)
  }
  return { config: state.config, comment: `ARG ${written.join(' ')}` }
}

/** The value that `--build-arg` gives. */
function givenArg(build: Pick<Build, 'spec' | 'usedArgs'>, name: string): string | undefined {
  if (!Object.hasOwn(build.spec.args, name)) return undefined
  build.usedArgs.add(name)
  return build.spec.args[name] ?? undefined
}

/** What RUN knows beside ENV: ARG of the stage, told in the history, and the predefined ones, which are not. */
export function runArguments(build: Build, state: StageState): { told: string[]; silent: string[] } {
  const environment = environmentOf(state.config)
  const told = [...state.args].flatMap(([name, value]) =>
    value === undefined || environment.has(name) ? [] : [`${name}=${value}`],
  )
  const silent = [...predefinedArgs].flatMap((name) => {
    if (state.args.has(name) || environment.has(name)) return []
    const value = givenArg(build, name)
    return value === undefined ? [] : [`${name}=${value}`]
  })
  return { told: told.sort(), silent }
}

function wordsOf(config: ExecutionConfig, { shell, words }: CommandForm): string[] {
  return shell && words.length > 0 ? [...shellOf(config), ...words] : [...words]
}

function checkOf(instruction: HealthcheckInstruction): NonNullable<ExecutionConfig['Healthcheck']> {
  const { test, interval, timeout, startPeriod, startInterval, retries } = instruction
  return {
    Test: [...test],
    ...(interval ? { Interval: interval } : {}),
    ...(timeout ? { Timeout: timeout } : {}),
    ...(startPeriod ? { StartPeriod: startPeriod } : {}),
    ...(startInterval ? { StartInterval: startInterval } : {}),
    ...(retries ? { Retries: retries } : {}),
  }
}

/** `80`, `80/udp`, `8000-8010/tcp` as keys of ExposedPorts. */
function readPorts(word: string, line: number): string[] {
  const [, from = '', to = from, protocol = 'tcp'] = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/([A-Za-z]+))?$/.exec(word) ?? []
  const [first, last] = [Number(from), Number(to)]
  if (from === '' || first > last || last > 65_535 || !/^(?:tcp|udp|sctp)$/i.test(protocol)) {
    throw dockerfileError(line, `invalid containerPort: ${word}`)
  }
  return Array.from({ length: last - first + 1 }, (_, at) => `${first + at}/${protocol.toLowerCase()}`)
}

function keysOf(names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, {}]))
}

/** The settings of a build that are understood and cannot be done. Fails with NOT_SUPPORTED or BUILD_OPTION_INVALID. */
export function refuseOptions(spec: Build['spec']): void {
  if (spec.squash) {
    throw codedError('NOT_SUPPORTED', 'Squashing the layers of a build is not supported', {
      hint: 'Use a multi-stage build and COPY --from what is wanted into one layer.',
    })
  }
  const isolation = spec.isolation ?? ''
  if (isolation !== '' && isolation !== 'default') {
    throw codedError('BUILD_OPTION_INVALID', `Unsupported isolation: ${JSON.stringify(isolation)}`)
  }
}
