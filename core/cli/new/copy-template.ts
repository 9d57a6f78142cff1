import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Template } from './template.ts'

/** What tests and builds leave, and what a copy brings itself. */
const leftOut = /(?:^|\/)(?:__pycache__|moby_sdk|sdk|log-driver|volume-driver|internal|[^/]*_test\.go|\.gitignore)$/

/** What the new component is called. */
export interface NewNames {
  /** scope/name */
  readonly component: string
  /** Name by which users select the driver. */
  readonly driver: string
}

/** Makes a component from a template. The folder appears whole or not at all; it must not be there. */
export async function copyTemplate(template: Template, folder: string, names: NewNames): Promise<void> {
  const half = `${folder}.new-${process.pid}`
  try {
    await mkdir(half, { recursive: true })
    for (const name of await readdir(template.folder)) {
      if (!leftOut.test(name) || name.endsWith('_test.go')) await copy(join(template.folder, name), join(half, name))
    }
    await copy(template.sdk.from, join(half, template.sdk.to))
    await rewrite(join(half, 'component.yaml'), [
      [template.component, names.component],
      [`driver: ${template.driver}`, `driver: ${names.driver}`],
    ])
    if (template.module !== undefined) {
      await rewrite(join(half, 'go.mod'), [
        [template.module, names.component],
        [/=> .*/, `=> ./${template.sdk.to}`],
      ])
    }
    if (template.language === 'ts') await rewriteImports(half, template.sdk.to)
    await writeFile(join(half, 'README.md'), readmeOf(template, names))
    await rename(half, folder)
  } catch (error) {
    await rm(half, { recursive: true, force: true })
    throw error
  }
}

async function copy(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, filter: (source) => source === from || !leftOut.test(source) })
}

async function rewrite(file: string, changes: readonly (readonly [string | RegExp, string])[]): Promise<void> {
  const text = await readFile(file, 'utf8')
  await writeFile(
    file,
    changes.reduce((changed, [from, to]) => changed.replace(from, to), text),
  )
}

/** Here the SDK lies elsewhere than in the new component. */
async function rewriteImports(folder: string, sdk: string): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts'))
  for (const file of files) await rewrite(join(folder, file), [[/'[./]+\/contracts\/sdk\/typescript\//g, `'./${sdk}/`]])
}

function readmeOf({ kind, language, sdk, steps }: Template, { component, driver }: NewNames): string {
  return `# ${basename(component)}

A ${kind} driver in ${language}, selected by the name \`${driver}\`. It is whole as it stands: change what it does, and hold it
against the contract again.

\`\`\`sh
${steps.join('\n')}
moby conform .
\`\`\`

\`${sdk.to}/\` is the SDK, which the component carries with it; \`conform.yaml\` tells the kit what it may use.
`
}
