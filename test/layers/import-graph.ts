import { glob, readFile, realpath } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { parseSync } from 'rolldown/utils'

export interface Import {
  readonly from: string
  readonly line: number
  readonly specifier: string
  /** The file of this project that it means, or undefined for a package from elsewhere. */
  readonly to: string | undefined
  /** Name of the package from elsewhere, without a path inside it. */
  readonly foreign: string | undefined
}

const root = join(import.meta.dirname, '../..')

/** Every import of every source file, type imports and dynamic ones included. */
export async function readImportGraph(): Promise<Import[]> {
  const packages = await workspacePackages()
  const imports: Import[] = []
  for await (const file of glob('{contracts,core,registry,plugins,examples}/**/*.ts', {
    cwd: root,
    exclude: (name) => name === 'node_modules',
  })) {
    const text = await readFile(join(root, file), 'utf8')
    for (const { specifier, offset } of specifiers(file, text)) {
      imports.push({
        from: file,
        line: text.slice(0, offset).split('\n').length,
        specifier,
        ...target(file, specifier, packages),
      })
    }
  }
  return imports
}

function specifiers(file: string, text: string): { specifier: string; offset: number }[] {
  const { module, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`)
  const found = module.staticImports.map((each) => ({ specifier: each.moduleRequest.value, offset: each.start }))
  for (const each of module.staticExports) {
    const request = each.entries.find((entry) => entry.moduleRequest !== null)?.moduleRequest
    if (request) found.push({ specifier: request.value, offset: each.start })
  }
  for (const each of module.dynamicImports) {
    const literal = /^(['"])(.*)\1$/.exec(text.slice(each.moduleRequest.start, each.moduleRequest.end))
    if (literal?.[2] !== undefined) found.push({ specifier: literal[2], offset: each.start })
  }
  return found
}

function target(
  file: string,
  specifier: string,
  packages: ReadonlyMap<string, string>,
): { to: string | undefined; foreign: string | undefined } {
  if (specifier.startsWith('.')) return { to: join(dirname(file), specifier), foreign: undefined }
  if (specifier.startsWith('node:')) return { to: undefined, foreign: undefined }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  const folder = packages.get(name)
  if (folder === undefined) return { to: undefined, foreign: name }
  const inside = specifier.slice(name.length)
  return { to: join(folder, inside, 'index.ts'), foreign: undefined }
}

/** Names of this project's packages and their folders. */
async function workspacePackages(): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for await (const file of glob('{contracts,core,registry,plugins,examples}/**/package.json', {
    cwd: root,
    exclude: (name) => name === 'node_modules',
  })) {
    const { name } = JSON.parse(await readFile(join(root, file), 'utf8')) as { name: string }
    found.set(name, relative(await realpath(root), await realpath(dirname(join(root, file)))))
  }
  return found
}
