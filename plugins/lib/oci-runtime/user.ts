import { codedError } from '@moby/contracts'

const maximumId = 2 ** 31 - 1

/** Contents of /etc/passwd and /etc/group of a root file system; empty where there is none. */
export interface UserDatabase {
  readonly passwd: string
  readonly group: string
}

export interface ResolvedUser {
  readonly uid: number
  readonly gid: number
  /** Holds the primary group too: without it, files denied to that group would open (CVE-2022-36109). */
  readonly additionalGids: readonly number[]
  readonly home: string
}

/**
 * Resolves `user[:group]`, each a name or a number, and further groups, within the files of an image.
 * Numbers need no entry; names do. Fails with CONTAINER_SPEC_INVALID.
 */
export function resolveUser(text: string, groupAdd: readonly string[], database: UserDatabase): ResolvedUser {
  const [userText = '', groupText = ''] = text.split(':')
  const accounts = parseLines(database.passwd)
  const groups = parseLines(database.group)
  const number = readId(userText)
  const account =
    userText === ''
      ? accounts.find((fields) => fields[2] === '0')
      : (accounts.find((fields) => fields[0] === userText) ?? accounts.find((fields) => fields[2] === String(number)))
  if (account === undefined && userText !== '' && number === undefined) {
    throw invalid(`unable to find user ${userText}: no matching entries in passwd file`)
  }
  const uid = account === undefined ? (number ?? 0) : checkedId(account[2], 'uid')
  const gid =
    groupText === '' ? (account === undefined ? 0 : checkedId(account[3], 'gid')) : resolveGroup(groupText, groups)
  const name = account?.[0]
  const memberOf =
    groupText === '' && name !== undefined
      ? groups
          .filter((fields) => (fields[3] ?? '').split(',').includes(name))
          .map((fields) => checkedId(fields[2], 'gid'))
      : []
  const added = groupAdd.map((group) => resolveGroup(group, groups))
  return { uid, gid, additionalGids: [...new Set([gid, ...memberOf, ...added])], home: account?.[5] || '/' }
}

function resolveGroup(text: string, groups: readonly string[][]): number {
  const number = readId(text)
  const group = groups.find((fields) => fields[0] === text)
  if (group !== undefined) return checkedId(group[2], 'gid')
  if (number === undefined) throw invalid(`unable to find group ${text}: no matching entries in group file`)
  return number
}

function parseLines(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'))
}

/** The number that a text is, undefined for a name. The range keeps 2^32 from becoming root. */
function readId(text: string): number | undefined {
  if (!/^-?\d+$/.test(text)) return undefined
  return checkedId(text, 'uid and gid')
}

function checkedId(text: string | undefined, what: string): number {
  const id = Number(text)
  if (!Number.isInteger(id) || id < 0 || id > maximumId) {
    throw invalid(`${what}s must be in range 0-${maximumId}`)
  }
  return id
}

function invalid(message: string) {
  return codedError('CONTAINER_SPEC_INVALID', message)
}
