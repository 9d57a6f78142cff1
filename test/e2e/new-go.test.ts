import { describe } from 'vitest'
import { mustSkip } from '../skips.ts'
import { proveNew } from './readme/prove-new.ts'

describe.skipIf(mustSkip('go'))('a new component in Go', () => proveNew('log', 'go'))
