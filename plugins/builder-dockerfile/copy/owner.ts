import { codedError } from '@moby/contracts'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Text of a file in the image, empty when there is none. */
export type ReadFile = (path: string) => Promise<string>

const largest = 2 ** 31 - 1

/**
 * Who `--chown=user[:group]` means: numbers as they are, names as /etc/passwd and /etc/group of the image have them. A
 * user without group stands for the group of that name, or where there is none for the user's own. Fails with
 * BUILD_STEP_FAILED in dockerd's words.
 */
export async function findOwner(text: string, read: ReadFile): Promise<Owner> {
  const [user = '', group, ...more] = text.split(':')
  if (more.length > 0 || user === '' || group === '') {
    throw codedError('BUILD_STEP_FAILED', `invalid chown string format: ${text}`)
  }
  const number = numberOf(user)
  const row = number === undefined ? await findRow(read, '/etc/passwd', user) : undefined
  const uid = number ?? numberOf(row?.[2] ?? '')
  if (uid === undefined) {
    throw codedError(
      'BUILD_STEP_FAILED',
      `unable to convert uid/gid chown string to host mapping: can't find uid for user ${user}: no such user: ${user}`,
    )
  }
  const wanted = group ?? user
  const gid =
    numberOf(wanted) ??
    numberOf((await findRow(read, '/etc/group', wanted))?.[2] ?? '') ??
    (group === undefined ? numberOf(row?.[3] ?? '') : undefined)
  if (gid === undefined) {
    throw codedError(
      'BUILD_STEP_FAILED',
      `unable to convert uid/gid chown string to host mapping: can't find gid for group ${wanted}: no such group: ${wanted}`,
    )
  }
  return { uid, gid }
}

async function findRow(read: ReadFile, path: string, name: string): Promise<readonly string[] | undefined> {
  const lines = (await read(path)).split('\n')
  return lines.map((line) => line.split(':')).find(([first]) => first === name)
}

function numberOf(text: string): number | undefined {
  if (!/^\d{1,10}$/.test(text)) return undefined
  const number = Number(text)
  return number <= largest ? number : undefined
}
