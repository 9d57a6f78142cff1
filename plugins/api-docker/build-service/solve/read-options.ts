import { codedError, type BuildSpec } from '@moby/contracts'
import { readPlatform } from '../../translate/platform.ts'
import { csvFields } from './csv-fields.ts'

/** Where a build takes its Dockerfile and its context from. */
export interface BuildSources {
  /** Name of the Dockerfile in its folder. */
  readonly filename: string
  /** What the client calls the folder of the Dockerfile, and that of the context. */
  readonly dockerfile: string
  readonly context: string
  /** True where the client has a Dockerfile of its own for a context from elsewhere. */
  readonly isLocalDockerfile: boolean
  /** URL of a context that is not a folder of the client. */
  readonly remote: string | undefined
  /** Session that serves a folder, where it is another than that of the build. */
  readonly sessions: ReadonlyMap<string, string>
}

export interface BuildOptions {
  readonly spec: BuildSpec
  readonly sources: BuildSources
}

type Options = Readonly<Record<string, string>>

const prefixes = { arg: 'build-arg:', label: 'label:', context: 'context:', session: 'local-sessionid:' } as const

/** What asks for nothing here. */
const ignored = new Set(['frontend.caps', 'source', 'cmdline', 'multi-platform'])
const ignoredPrefixes = ['sharedkey:localdir:', 'vcs:', 'input:', 'input-metadata:', 'attest:provenance']
/** BUILDKIT_… that are of the client or the frontend, and have no meaning for a builder without attestations. */
const ignoredArgs = new Set(['BUILDKIT_SYNTAX', 'BUILDKIT_INLINE_CACHE', 'BUILDKIT_MULTI_PLATFORM'])

type Taker = (value: string) => Partial<BuildSpec> | { readonly limits: BuildSpec['limits'] }

const takers: Readonly<Record<string, Taker>> = {
  target: (target) => ({ target }),
  platform: (value) => ({ platform: onePlatform(value) }),
  'no-cache': (value) => ({ noCache: allStages(value) }),
  'cache-imports': (value) => ({ cacheFrom: [value] }),
  'cache-from': (value) => ({ cacheFrom: [value] }),
  'image-resolve-mode': (mode) => ({ pull: mode === 'pull' }),
  'add-hosts': (value) => ({ extraHosts: csvFields(value).map((field) => field.replace('=', ':')) }),
  'force-network-mode': (mode) => (mode === '' || mode === 'sandbox' ? {} : { network: networkOf(mode) }),
  'cgroup-parent': (cgroupParent) => ({ limits: { cgroupParent } }),
  'shm-size': (value) => ({ limits: { shmSize: count(value, 'shm-size') } }),
  ulimit: (value) => ({ limits: { ulimits: csvFields(value).map(ulimitOf) } }),
  memory: (value) => ({ limits: { memory: count(value, 'memory') } }),
  memswap: (value) => ({ limits: { memorySwap: value === '-1' ? value : count(value, 'memswap') } }),
  cpushares: (value) => ({ limits: { cpuShares: Number(count(value, 'cpushares')) } }),
  cpuperiod: (value) => ({ limits: { cpuPeriod: Number(count(value, 'cpuperiod')) } }),
  cpuquota: (value) => ({ limits: { cpuQuota: Number(count(value, 'cpuquota')) } }),
  cpusetcpus: (cpusetCpus) => ({ limits: { cpusetCpus } }),
  cpusetmems: (cpusetMems) => ({ limits: { cpusetMems } }),
}
const sourceOptions = new Set(['filename', 'dockerfilekey', 'contextkey', 'context'])

/**
 * The options of the frontend `dockerfile.v0` as a build. What this builder cannot do is refused by its name, so that no
 * option is passed over in silence. Errors: BUILD_OPTION_INVALID, NOT_SUPPORTED. Source: frontend/dockerui of BuildKit.
 */
export function readOptions(options: Options): BuildOptions {
  let spec: BuildSpec = {
    dockerfile: options['filename'] || 'Dockerfile',
    tags: [],
    args: {},
    labels: {},
    noCache: false,
    pull: false,
    removeIntermediate: true,
    forceRemove: true,
    squash: false,
    extraHosts: [],
    cacheFrom: [],
    limits: {},
    securityOptions: [],
    registries: {},
  }
  for (const [name, value] of Object.entries(options)) {
    const taker = Object.hasOwn(takers, name) ? takers[name] : undefined
    if (taker !== undefined) {
      const { limits, ...rest } = taker(value)
      spec = { ...spec, ...rest, limits: { ...spec.limits, ...limits } }
    } else if (name.startsWith(prefixes.arg)) {
      const arg = name.slice(prefixes.arg.length)
      if (!ignoredArgs.has(arg)) spec.args[arg] = value
    } else if (name.startsWith(prefixes.label)) {
      spec.labels[name.slice(prefixes.label.length)] = value
    } else {
      refuseUnknown(name, value)
    }
  }
  return { spec, sources: sourcesOf(options) }
}

function sourcesOf(options: Options): BuildSources {
  const context = options['context'] ?? ''
  const given = Object.entries(options).filter(([name]) => name.startsWith(prefixes.session))
  return {
    filename: options['filename'] || 'Dockerfile',
    dockerfile: options['dockerfilekey'] || 'dockerfile',
    context: context.startsWith('local:') ? context.slice('local:'.length) : options['contextkey'] || 'context',
    isLocalDockerfile: options['dockerfilekey'] !== undefined,
    remote: context === '' || context.startsWith('local:') ? undefined : context,
    sessions: new Map(given.map(([name, id]) => [name.slice(prefixes.session.length), id])),
  }
}

function refuseUnknown(name: string, value: string): void {
  if (ignored.has(name) || sourceOptions.has(name) || name.startsWith(prefixes.session)) return
  if (ignoredPrefixes.some((prefix) => name.startsWith(prefix))) return
  if (name.startsWith(prefixes.context)) {
    throw codedError(
      'NOT_SUPPORTED',
      `The named build context ${name.slice(prefixes.context.length)}=${value} is not supported`,
      {
        hint: 'Copy what is needed into the context, or name an image in COPY --from.',
      },
    )
  }
  if (name === 'requestid') {
    throw codedError('NOT_SUPPORTED', `This builder builds, and does not answer ${value}`, {
      hint: 'Build without --call, --check or --print.',
    })
  }
  if (name.startsWith('attest:')) {
    throw codedError('NOT_SUPPORTED', `Attestations (${name}) are not made by this builder`, {
      hint: 'Use --provenance=false --sbom=false, or a BuildKit daemon.',
    })
  }
  throw codedError('NOT_SUPPORTED', `The option ${name}=${value} of the build is not known to this builder`, {
    hint: 'Leave it out, or name a BuildKit daemon in the configuration of api-docker.',
  })
}

function onePlatform(value: string): string {
  const [first = '', ...more] = value.split(',')
  if (more.length === 0) return readPlatform(first) ?? first
  throw codedError('NOT_SUPPORTED', `This builder builds for one platform at a time, and ${value} are several`, {
    hint: 'Build once for each, or use a BuildKit daemon.',
  })
}

function allStages(value: string): boolean {
  if (value === '') return true
  throw codedError('NOT_SUPPORTED', `Leaving the cache of some stages alone (${value}) is not supported`, {
    hint: 'Use --no-cache for all of them.',
  })
}

function networkOf(mode: string): string {
  if (mode === 'host' || mode === 'none') return mode
  throw codedError('BUILD_OPTION_INVALID', `invalid netmode ${mode}`, { hint: 'It is host or none.' })
}

function count(value: string, name: string): string {
  if (/^\d{1,16}$/.test(value)) return value
  throw codedError('BUILD_OPTION_INVALID', `invalid ${name} value: ${value}`, { hint: 'It is a number.' })
}

/** `nofile=1024:2048` */
function ulimitOf(text: string): { name: string; soft: number; hard: number } {
  const [, name = '', soft = '', hard = soft] = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/.exec(text) ?? []
  if (name !== '') return { name, soft: Number(soft), hard: Number(hard) }
  throw codedError('BUILD_OPTION_INVALID', `invalid ulimit: ${text}`, { hint: 'Write name=soft:hard.' })
}
