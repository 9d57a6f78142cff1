import { join } from 'node:path'

const root = join(import.meta.dirname, '../../..')

/** A small whole driver that a new component begins as. */
export interface Template {
  readonly kind: string
  readonly language: string
  /** Absolute folder of the component that is copied. */
  readonly folder: string
  /** Its name, its driver's name, and in Go its module: replaced by those of the new one. */
  readonly component: string
  readonly driver: string
  readonly module?: string
  /** Absolute folder of the SDK, and its place in the new component. */
  readonly sdk: { readonly from: string; readonly to: string }
  /** Commands that make it ready to run, and run its own tests. */
  readonly steps: readonly string[]
}

const sdks = {
  ts: { from: join(root, 'contracts/sdk/typescript'), to: 'sdk' },
  python: { from: join(root, 'contracts/sdk/python/moby_sdk'), to: 'moby_sdk' },
  go: { from: join(root, 'contracts/sdk/go'), to: 'sdk' },
} as const

const stepsOf = (kind: string, language: Language): readonly string[] => {
  if (language === 'ts') return ['node --test tests/*.ts']
  if (language === 'python') return ['python3 -B -m unittest discover -s tests']
  return [`go build -o ${kind}-driver .`, 'go test .']
}

/** Two are the examples; what examples lack lies beside this file. Tests hold all of them against the kit. */
export const templates: readonly Template[] = [
  own('volume', 'ts', { component: 'templates/volume-folders', driver: 'folders' }),
  example('volume', 'python', 'examples/03-volume-driver-in-python', {
    component: 'examples/volume-folders',
    driver: 'folders',
  }),
  own('volume', 'go', {
    component: 'templates/volume-folders',
    driver: 'folders',
    module: 'moby-origin/templates/volume-driver',
  }),
  own('log', 'ts', { component: 'templates/log-batches', driver: 'batches' }),
  own('log', 'python', { component: 'templates/log-batches', driver: 'batches' }),
  example('log', 'go', 'examples/04-log-driver-in-go', {
    component: 'examples/log-cri',
    driver: 'cri',
    module: 'moby-origin/examples/log-driver',
  }),
]

type Language = keyof typeof sdks
type Names = Pick<Template, 'component' | 'driver' | 'module'>

function own(kind: string, language: Language, names: Names): Template {
  const folder = join(import.meta.dirname, 'templates', `${kind}-${language}`)
  return { kind, language, folder, ...names, sdk: sdks[language], steps: stepsOf(kind, language) }
}

function example(kind: string, language: Language, folder: string, names: Names): Template {
  const steps = stepsOf(kind, language)
  return { kind, language, folder: join(root, folder, 'driver'), ...names, sdk: sdks[language], steps }
}
