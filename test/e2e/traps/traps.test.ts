import { shareEngine } from '../shared-engine.ts'
import { proveBuilders } from './prove-builders.ts'
import { proveCreate } from './prove-create.ts'
import { proveImages } from './prove-images.ts'
import { proveInspection } from './prove-inspection.ts'
import { proveLists } from './prove-lists.ts'
import { proveLives } from './prove-lives.ts'
import { proveNetworks } from './prove-networks.ts'
import { proveProtocol } from './prove-protocol.ts'
import { proveStreams } from './prove-streams.ts'

/** What clients of other engines fell into: T1 to T50, beside those that the docker command shows. */
const { topic, own } = shareEngine()
topic('what a container is made with', proveCreate)
topic('lists and inspections', proveLists)
topic('the life of a container', proveLives)
topic('networks and volumes', proveNetworks)
topic('streams', proveStreams)
own('an engine without a BuildKit daemon', proveBuilders)
own('images', proveImages)
own('what is told of containers', proveInspection)
own('the protocol', proveProtocol)
