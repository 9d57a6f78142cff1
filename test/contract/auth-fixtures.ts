import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { AuthenticateFixtures } from '@moby/contracts/conformance'

/** Entries of a database of this host that every program may read. */
function entriesOf(file: 'passwd' | 'group'): string[][] {
  return readFileSync(`/etc/${file}`, 'utf8')
    .split('\n')
    .filter((line) => /^[^#:]+:/.test(line))
    .map((line) => line.split(':'))
}

/** A number that no user or group of this host has. */
const nobody = 4_000_000_000

const [socketGroup = 'root', , socketGid = '0'] = entriesOf('group').find(([, , gid]) => Number(gid) > 0) ?? []

/** The group of the socket in these tests: the first that is not root's. */
export const socketConfig = { group: socketGroup }

/** Users of this host, with the groups that id(1) tells, and numbers without a name. */
export function callersOfHost(): AuthenticateFixtures {
  const grouped = new Set(entriesOf('group').flatMap(([, , , members = '']) => members.split(',')))
  const users = entriesOf('passwd')
  const some = [...users.slice(0, 3), ...users.filter(([name]) => grouped.has(name ?? '')).slice(0, 3)]
  const evidence = (uid: number, gid: number) => ({ transport: 'unix' as const, peer: { uid, gid, pid: 1 } })
  return {
    known: [
      ...some.map(([name = '', , uid, gid]) => ({
        evidence: evidence(Number(uid), Number(gid)),
        name,
        groups: execFileSync('id', ['-nG', name], { encoding: 'utf8' }).trim().split(' '),
      })),
      { evidence: evidence(nobody, Number(socketGid)), name: String(nobody), groups: [socketGroup] },
      { evidence: evidence(nobody, nobody), name: String(nobody), groups: [] },
    ],
    unknown: [
      { transport: 'unix' },
      { transport: 'tcp', headers: { authorization: 'Basic cm9vdDpyb290' } },
      { transport: 'tls', certificates: [] },
    ],
    socketGid: Number(socketGid),
  }
}
