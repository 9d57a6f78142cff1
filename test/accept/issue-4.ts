import { casesOf, showCases } from './adversarial-cases.ts'
import { showBench } from './bench-table.ts'
import { mustExist } from './exists.ts'
import type { Check } from './main.ts'
import { runScript } from './run-script.ts'
import { runTests } from './run-tests.ts'
import { showSameTestsOutOfProcess } from './same-tests-out-of-process.ts'

/** Test files that must exist, run together. */
async function tests(project: string, files: readonly string[], environment?: Record<string, string>): Promise<string> {
  await mustExist(files)
  return await runTests(project, files, environment)
}

async function script(file: string, args: readonly string[] = []): Promise<string> {
  await mustExist([file])
  return await runScript(file, args)
}

/** What a call is held against; test/peers/make-call-cost builds them. */
const goCallers = ['gRPC in Go', "Docker's plugin client"]

/** Components out of process: the same contracts, supervised, swapped live. */
export const issue4: readonly Check[] = [
  {
    title: 'every driver passes the whole kit in each of its run modes',
    run: () => tests('contract', ['test/contract/matrix']),
  },
  {
    title: 'components in containers: images in layouts and registries, with runc and crun',
    run: () => tests('e2e', ['test/e2e/contained-components.test.ts']),
  },
  {
    title: 'the strength of the kit: seeded faults of the reference drivers',
    run: () => tests('contract', ['test/contract/faults.test.ts']),
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
    title: "Docker's plugins with their adapter in a process of its own",
    run: () => showSameTestsOutOfProcess('process', ['docker-plugin', 'managed-plugin'], ['moby/docker-plugins']),
  },
  {
    title: 'drivers in processes of their own that are killed under a running engine',
    run: () => tests('e2e', ['test/e2e/docker-out-of-process.test.ts']),
  },
  ...[
    ['01', 'an own assembly'],
    ['02', 'a swapped storage driver'],
    ['03', 'a volume driver in Python'],
    ['04', 'a log driver in Go'],
    ['05', 'a network driver in a container'],
    ['06', 'an unmodified volume plugin of Docker'],
    ['07', 'a live upgrade'],
  ].map(([number, what]) => ({
    title: `example ${number}, ${what}, by the commands of its README`,
    run: () => tests('e2e', [`test/e2e/example-${number}.test.ts`]),
  })),
  {
    title: 'a new component in TypeScript, Python and Go: its own tests and the kit',
    run: () =>
      tests('e2e', ['test/e2e/new-typescript.test.ts', 'test/e2e/new-python.test.ts', 'test/e2e/new-go.test.ts'], {
        MOBY_NEW_ALL: '1',
      }),
  },
  {
    title: 'a real dockerd uses volume-local and an authorizer of ours through its own plugin protocol',
    run: () => script('test/interop/docker-plugin.ts'),
  },
  {
    title: "Docker's plugins: unmodified ones by socket, and managed ones",
    run: () => tests('e2e', ['test/e2e/docker-plugin.test.ts', 'test/e2e/managed-plugin.test.ts']),
  },
  {
    title: 'managed plugins go between this engine and a real dockerd through a registry',
    run: () => script('test/interop/managed-plugins.ts'),
  },
  { title: 'components that misbehave, D1 to D23', run: () => showCases(casesOf('D', 23)) },
  {
    title: 'docker ps stays as fast while a driver misbehaves: 99th percentile within 1.5 of the healthy one',
    run: () => script('test/accept/misbehaviour-load.ts'),
  },
  {
    title: 'docker stop and rm -f do not wait for a log sink, docker volume ls tells of a dead driver at once',
    run: () => tests('e2e', ['test/e2e/docker-misbehaving.test.ts']),
  },
  {
    title: 'a driver replaced ten times under load: no failed request, no lost or doubled line',
    run: () => script('test/accept/replace-under-load.ts'),
  },
  {
    title: 'apply, rollback and reload: a version that fails its smoke cases, a runtime that is taken out',
    run: () => tests('e2e', ['test/e2e/docker-live-change.test.ts']),
  },
  {
    title: 'the cost of a call, and an assembly of 200 components',
    run: () =>
      showBench({
        groups: ['components'],
        contenders: ['moby'],
        rows: [
          'call of a driver, in-process',
          { title: 'call of a driver, process', contenders: ['moby', ...goCallers] },
          { title: 'call of a driver, container', contenders: ['moby', ...goCallers] },
          '200 components booted from a lock',
        ],
      }),
  },
]
