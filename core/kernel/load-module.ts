import { realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { codedError, isCodedError, isComponentModule, type ComponentModule, type Descriptor } from '@moby/contracts'

/** Imports the entry of a component from its payload. Throws COMPONENT_FAILED with the cause. */
export async function loadModule(
  folder: string,
  descriptor: Pick<Descriptor, 'name' | 'version' | 'entry'>,
): Promise<ComponentModule<never>> {
  const name = `${descriptor.name} ${descriptor.version}`
  const file = join(folder, descriptor.entry ?? '')
  const [real, home] = await Promise.all([realpath(file).catch(() => undefined), realpath(folder)])
  if (real === undefined || !real.startsWith(home + sep)) {
    const why = real === undefined ? 'does not exist' : 'lies outside its folder'
    throw codedError('COMPONENT_FAILED', `The entry ${descriptor.entry} of ${name} ${why}`, {
      hint: `correct \`entry\` in ${join(folder, 'component.yaml')}`,
    })
  }
  const { default: module } = await importEntry(real, name)
  if (isComponentModule(module)) return module
  throw codedError('COMPONENT_FAILED', `The entry of ${name} does not export a component`, {
    hint: `${file} must have: export default defineComponent({ ... })`,
  })
}

async function importEntry(file: string, name: string): Promise<{ default?: unknown }> {
  try {
    return (await import(pathToFileURL(file).href)) as { default?: unknown }
  } catch (cause) {
    if (isCodedError(cause)) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw codedError('COMPONENT_FAILED', `The code of ${name} cannot be loaded: ${why}`, {
      hint: 'see whether its files and packages are complete: npm run setup, moby verify',
      cause,
    })
  }
}
