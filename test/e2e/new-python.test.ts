import { describe } from 'vitest'
import { mustSkip } from '../skips.ts'
import { proveNew } from './readme/prove-new.ts'

describe.skipIf(mustSkip('python'))('a new component in Python', () => proveNew('volume', 'python'))
