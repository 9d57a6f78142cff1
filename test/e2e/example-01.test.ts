import { describe } from 'vitest'
import { proveReadme } from './readme/prove-readme.ts'

describe('the example 01', () => proveReadme('01-an-own-assembly'))
