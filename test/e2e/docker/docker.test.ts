import { shareEngine } from '../shared-engine.ts'
import { proveCp } from './prove-cp.ts'
import { proveMounts } from './prove-mounts.ts'
import { proveNetworks } from './prove-networks.ts'
import { proveRun } from './prove-run.ts'

/** The docker command, unmodified. */
const { topic, own } = shareEngine({ needs: 'docker-cli' })
own('docker run', proveRun)
own('docker networks', proveNetworks)
own('docker cp', proveCp)
topic('mounts', proveMounts)
