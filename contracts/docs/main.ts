import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { generateSdks } from '../sdk/generate/generate.ts'
import { generateDocs, withContractList } from './generate.ts'

/** `npm run docs`: writes the generated part of the documentation and of the SDKs. */
const root = join(import.meta.dirname, '../..')
for (const [path, text] of [...generateDocs(), ...generateSdks()]) {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}
const guide = join(root, 'docs/drivers/README.md')
await writeFile(guide, withContractList(await readFile(guide, 'utf8')))
