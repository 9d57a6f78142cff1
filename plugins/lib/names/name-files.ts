import { createHash } from 'node:crypto'

/** Name of the file about an object with an id of any form. */
export function fileOf(id: string, ending = '.json'): string {
  return `${createHash('sha256').update(id).digest('hex').slice(0, 32)}${ending}`
}

/** A name as it is compared: lower case, without a final dot. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}

/** Each name with all addresses, without prefix length, of those who have it. */
export function gatherNames(
  entries: readonly { readonly names: readonly string[]; readonly addresses: readonly string[] }[],
): Map<string, string[]> {
  const gathered = new Map<string, string[]>()
  for (const { names, addresses } of entries) {
    for (const name of new Set(names.map(plainName))) {
      gathered.set(name, [...(gathered.get(name) ?? []), ...addresses.map((address) => address.split('/')[0] ?? '')])
    }
  }
  return gathered
}
