import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { showBench } from './bench-table.ts'
import { showFirstStart } from './first-start.ts'
import type { Check } from './main.ts'
import { runJourneys } from './run-journeys.ts'
import { runTests } from './run-tests.ts'
import { showSameTestsOnCopy } from './same-tests-on-copy.ts'
import { showBesideDockerd } from './beside-dockerd.ts'

const root = join(import.meta.dirname, '../..')

/** The kernel, the contracts and the first assembly. */
export const issue2: readonly Check[] = [
  { title: 'npm start sets up, boots, runs a first container; --stop-containers leaves nothing', run: showFirstStart },
  { title: 'npm start runs beside dockerd without touching it', run: showBesideDockerd },
  { title: 'the docker CLI, unmodified', run: () => runJourneys(['docker-run']) },
  {
    title: 'containers of one network by name, others kept out',
    run: () => runJourneys(['docker-network']),
  },
  {
    title: 'kill -9 at 50 random moments: no line missing or doubled, exit codes kept',
    run: () => runTests('e2e', ['test/e2e/docker-reconnect.test.ts'], { MOBY_KILL_ROUNDS: '50' }),
  },
  {
    title: 'one line turns overlay into copy; objects of an absent driver wait',
    run: () => runTests('e2e', ['test/e2e/assembly-swap.test.ts']),
  },
  { title: 'the same journeys on storage-copy', run: showSameTestsOnCopy },
  { title: 'twenty broken manifests', run: () => runTests('unit', ['core/cli/broken-manifests.test.ts']) },
  {
    title: 'two engines side by side, a second on one root refused',
    run: () => runTests('e2e', ['test/e2e/two-engines.test.ts']),
  },
  { title: 'conformance of every driver, direct and over HTTP', run: () => runTests('contract', []) },
  { title: 'the walls of the house', run: () => runTests('unit', ['test/layers']) },
  { title: 'solver and graph by properties', run: () => runTests('unit', ['core/resolve', 'core/graph']) },
  {
    title: 'the bench table',
    run: () => showBench({ groups: ['containers'], contenders: ['moby', 'dockerd', 'raw runc'] }),
  },
  { title: 'documents that are there and true', run: showDocuments },
]

async function showDocuments(): Promise<string> {
  const pages = [
    'README.md',
    'docs/architecture.md',
    'docs/tutorial.md',
    'docs/drivers/README.md',
    'docs/reference/errors.md',
  ]
  for (const page of pages) await readFile(join(root, page))
  return `${pages.join(', ')}; the generated ones are compared with the contracts by unit tests`
}
