import { describe } from 'vitest'
import { mustSkip } from '../skips.ts'
import { proveReadme } from './readme/prove-readme.ts'

describe.skipIf(mustSkip('go'))('the example 04', () => proveReadme('04-log-driver-in-go'))
