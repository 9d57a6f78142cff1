import { describe } from 'vitest'
import { proveConfinement } from './prove-confinement.ts'
import { proveLifecycle } from './prove-lifecycle.ts'
import { proveNetworks } from './prove-networks.ts'
import { proveStreams } from './prove-streams.ts'
import { proveVolumes } from './prove-volumes.ts'
import { useEngine } from './test-engine.ts'

/** The engine over the real drivers, in this process. */
const host = useEngine()
describe('confinement', () => proveConfinement(host))
describe('lifecycle', () => proveLifecycle(host))
describe('networks', () => proveNetworks(host))
describe('streams', () => proveStreams(host))
describe('volumes', () => proveVolumes(host))
