import { proveCriDockerd } from '../cri/prove-cri-dockerd.ts'
import { shareEngine } from '../shared-engine.ts'
import { proveBuild } from './prove-build.ts'
import { proveBuildkitBuild } from './prove-buildkit-build.ts'
import { proveRecordedAnswers } from './prove-recorded-answers.ts'
import { proveRunners } from './prove-runners.ts'

/** What clients ask for in their order: builders, runners of CI, editors, the kubelet's adapter. */
const { own } = shareEngine({ needs: 'docker-cli' })
own('docker build', proveBuild)
own('a build by the protocol of BuildKit', proveBuildkitBuild)
own('answers of dockerd 28.5, recorded', proveRecordedAnswers)
own('runners', proveRunners)
// What it leaves, pods whose containers run, is for the engine to end.
own('an engine below cri-dockerd', proveCriDockerd)
