/** Drivers whose work is done by a library that they share with others: it is mutated with them. */
const libraries: Readonly<Record<string, string>> = {
  'log-json-file': 'lib/log-files',
  'storage-copy': 'lib/snapshots',
}

/** Folders below `plugins` with the code of a driver. */
export function foldersOf(plugin: string): readonly string[] {
  const library = libraries[plugin]
  return library === undefined ? [plugin] : [plugin, library]
}
