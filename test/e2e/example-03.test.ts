import { describe } from 'vitest'
import { mustSkip } from '../skips.ts'
import { proveReadme } from './readme/prove-readme.ts'

describe.skipIf(mustSkip('python'))('the example 03', () => proveReadme('03-volume-driver-in-python'))
