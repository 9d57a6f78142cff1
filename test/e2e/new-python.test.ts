import { describe } from 'vitest'
import { mustSkip } from '../skips.ts'
import { proveNewIn } from './readme/prove-new.ts'

describe.skipIf(mustSkip('python'))('a new component in Python', () => proveNewIn('python', 'log', 'volume'))
