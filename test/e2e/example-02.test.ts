import { describe } from 'vitest'
import { proveReadme } from './readme/prove-readme.ts'

describe('the example 02', () => proveReadme('02-a-swapped-storage-driver'))
