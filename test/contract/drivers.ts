import process from 'node:process'
import { authAuthenticate, logDriver, networkDriver, networkIpam, stateStore } from '@moby/contracts'
import type { AuthenticateFixtures, LogFixtures } from '@moby/contracts/conformance'
import { networkFixtures } from './network-fixtures.ts'
import type { DriverUnderTest, Fixtures } from './subject.ts'

const only = (given: object): (() => Promise<Fixtures>) => {
  return async () => ({ given: { ...given }, close: async () => undefined })
}

const state = { plugin: 'state-sqlite' }

const callers: AuthenticateFixtures = {
  known: [{ evidence: { transport: 'unix', peer: { uid: 0, gid: 0, pid: process.pid } }, name: 'root' }],
  unknown: [
    { transport: 'unix' },
    { transport: 'tcp', headers: { authorization: 'Basic cm9vdDpyb290' } },
    { transport: 'tls', certificates: [] },
  ],
}

/** Every driver of the project. */
export const driversUnderTest: readonly DriverUnderTest[] = [
  { plugin: 'network-none', contract: networkDriver, fixtures: networkFixtures },
  { plugin: 'network-host', contract: networkDriver, fixtures: networkFixtures },
  { plugin: 'ipam-pool', contract: networkIpam, neighbours: [state], fixtures: only({}) },
  {
    plugin: 'log-json-file',
    contract: logDriver,
    lacks: { binary: "dockerd's json-file format holds text" },
    fixtures: only({ readable: true, rotation: { 'max-size': '10k', 'max-file': '3' } } satisfies LogFixtures),
  },
  { plugin: 'auth-socket', contract: authAuthenticate, fixtures: only(callers) },
  { plugin: 'state-sqlite', contract: stateStore, fixtures: only({}) },
]
