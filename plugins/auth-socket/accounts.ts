import { join } from 'node:path'
import { readDatabase } from './read-database.ts'

/** A user of this host, by the number that the kernel told. */
export interface Account {
  /** The number itself when it has no name. */
  readonly name: string
  readonly groups: readonly string[]
}

/** Users and groups of this host, read anew at each question. Only local files are asked, no directory service. */
export class Accounts {
  readonly #folder: string

  constructor(folder = '/etc') {
    this.#folder = folder
  }

  /** Number of a group by its name, or of a group given by its number. */
  async groupId(group: string): Promise<number | undefined> {
    if (/^\d+$/.test(group)) return Number(group)
    const entry = (await this.#groups()).find(([name]) => name === group)
    return entry?.[2] === undefined ? undefined : Number(entry[2])
  }

  /** Name of a user, and names of the groups it is in: its primary one and those that list it. */
  async account(uid: number, gid: number): Promise<Account> {
    const [users, groups] = await Promise.all([readDatabase(join(this.#folder, 'passwd')), this.#groups()])
    const name = users.find((user) => user[2] === String(uid))?.[0]
    const member = groups
      .filter(([, , id, members]) => {
        return id === String(gid) || (name !== undefined && (members ?? '').split(',').includes(name))
      })
      .map(([group]) => group ?? '')
    return { name: name ?? String(uid), groups: [...new Set(member)] }
  }

  #groups(): Promise<string[][]> {
    return readDatabase(join(this.#folder, 'group'))
  }
}
