import { describe } from 'vitest'
import { proveReadme } from './readme/prove-readme.ts'

describe('the example 07', () => proveReadme('07-live-upgrade'))
