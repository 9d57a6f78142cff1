import { describe } from 'vitest'
import { mustSkip } from '../skips.ts'
import { proveReadme } from './readme/prove-readme.ts'

describe.skipIf(mustSkip('go'))('the example 06', () => proveReadme('06-docker-volume-plugin'))
