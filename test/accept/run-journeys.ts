import { mustExist } from './exists.ts'
import { runTests } from './run-tests.ts'

/** Journeys of the docker command: the file of the tests of each, and the suite there. */
const journeys = {
  'docker-run': { file: 'test/e2e/docker/docker.test.ts', suite: 'docker run' },
  'docker-network': { file: 'test/e2e/docker/docker.test.ts', suite: 'docker networks' },
  'docker-reconnect': { file: 'test/e2e/docker-reconnect.test.ts', suite: 'an engine that is killed' },
  'docker-archives': { file: 'test/e2e/docker-archives.test.ts', suite: 'archives and images made here' },
  'docker-plugin': {
    file: 'test/e2e/docker-plugin.test.ts',
    suite: "a volume plugin that was written for Docker's engine",
  },
  'managed-plugin': { file: 'test/e2e/managed-plugin.test.ts', suite: "Docker's managed plugins" },
  runners: { file: 'test/e2e/docker/clients.test.ts', suite: 'runners' },
  'two-engines': { file: 'test/e2e/two-engines.test.ts', suite: 'two engines on one host' },
} as const

export type Journey = keyof typeof journeys

/** Runs these and nothing else of the files that they share with others. */
export async function runJourneys(
  names: readonly Journey[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const chosen = names.map((name) => journeys[name])
  const files = [...new Set(chosen.map(({ file }) => file))]
  await mustExist(files)
  return await runTests('e2e', files, environment, `^(?:${chosen.map(({ suite }) => suite).join('|')}) `)
}
