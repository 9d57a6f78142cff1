import { describe } from 'vitest'
import { mustSkip } from '../skips.ts'
import { proveReadme } from './readme/prove-readme.ts'

describe.skipIf(mustSkip('go'))('the example 05', () => proveReadme('05-network-driver-in-a-container'))
