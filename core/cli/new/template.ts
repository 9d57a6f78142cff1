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

/** The templates are the examples, which tests hold against the conformance kit. */
export const templates: readonly Template[] = [
  {
    kind: 'volume',
    language: 'python',
    folder: join(root, 'examples/03-volume-driver-in-python/driver'),
    component: 'examples/volume-folders',
    driver: 'folders',
    sdk: { from: join(root, 'contracts/sdk/python/moby_sdk'), to: 'moby_sdk' },
    steps: ['python3 -B -m unittest discover -s tests'],
  },
  {
    kind: 'log',
    language: 'go',
    folder: join(root, 'examples/04-log-driver-in-go/driver'),
    component: 'examples/log-cri',
    driver: 'cri',
    module: 'moby-origin/examples/log-driver',
    sdk: { from: join(root, 'contracts/sdk/go'), to: 'sdk' },
    steps: ['go build -o log-driver .', 'go test .'],
  },
]
