import { describe } from 'vitest'
import { proveNewIn } from './readme/prove-new.ts'

describe('a new component in TypeScript', () => proveNewIn('ts', 'volume', 'log'))
