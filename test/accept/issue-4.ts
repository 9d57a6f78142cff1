import type { Check } from './main.ts'
import { runTests } from './run-tests.ts'
import { showSameTestsOutOfProcess } from './same-tests-out-of-process.ts'

/** Components out of process: the same contracts, one word in the manifest. */
export const issue4: readonly Check[] = [
  {
    title: 'every driver passes the whole kit in each of its run modes',
    run: () => runTests('contract', ['test/contract/matrix']),
  },
  {
    title: 'components in containers: images in layouts and registries, with runc and crun',
    run: () => runTests('e2e', ['test/e2e/contained-components.test.ts']),
  },
  {
    title: 'the Docker journeys with every driver in a process of its own',
    run: () =>
      showSameTestsOutOfProcess('process', ['docker-run', 'docker-network', 'docker-reconnect', 'docker-archives']),
  },
  {
    title: 'the Docker journeys with every driver in a container of its own',
    run: () => showSameTestsOutOfProcess('container', ['docker-run', 'docker-network', 'docker-archives']),
  },
  {
    title: 'drivers in processes of their own that are killed under a running engine',
    run: () => runTests('e2e', ['test/e2e/docker-out-of-process.test.ts']),
  },
  {
    title: 'example 05: a network driver in a container, as its README tells',
    run: () => runTests('e2e', ['test/e2e/example-05.test.ts']),
  },
]
