import { casesOf, showCases } from './adversarial-cases.ts'
import { mustExist } from './exists.ts'
import type { Check } from './main.ts'
import { runJourneys } from './run-journeys.ts'
import { runScript } from './run-script.ts'

async function script(file: string, args: readonly string[] = []): Promise<string> {
  await mustExist([file])
  return await runScript(file, args)
}

/** Clients that cannot tell the difference. */
export const issue5: readonly Check[] = [
  {
    title: 'every command of the docker command, and every flag of run and create, beside dockerd',
    run: () => script('test/compat/main.ts', ['flags']),
  },
  {
    title: 'an application of five services by Compose, here and on dockerd',
    run: () => script('test/clients/compose/main.ts'),
  },
  {
    title: 'Testcontainers for Node with its reaper, here and on dockerd',
    run: () => script('test/clients/testcontainers/main.ts'),
  },
  {
    title: 'the own suite of dockerode, here and on dockerd',
    run: () => script('test/clients/dockerode/main.ts'),
  },
  {
    title: 'what runners of GitLab and GitHub ask for, and the order of events that dev containers wait for',
    run: () => runJourneys(['runners']),
  },
  { title: 'traps of clients, T1 to T50', run: () => showCases(casesOf('T', 50)) },
  { title: 'the API under attack, C1 to C24', run: () => showCases(casesOf('C', 24)) },
  { title: 'what cri-dockerd needs of an engine, K1 to K23', run: () => showCases(casesOf('K', 23)) },
  {
    title: '1,000 containers made, started and removed, eight at a time, leave nothing',
    run: () => script('test/cycles/main.ts', ['1000']),
  },
]
