import { describe } from 'vitest'
import { mustSkip } from '../skips.ts'
import { proveNewIn } from './readme/prove-new.ts'

describe.skipIf(mustSkip('go'))('a new component in Go', () => proveNewIn('go', 'volume', 'log'))
