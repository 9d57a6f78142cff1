import { readdir } from 'node:fs/promises'
import { instanceId } from '../../kernel/instance.ts'

/** How engines of this project name what they put on the host: bridges, ends of veth pairs, links that lead nowhere. */
const engineLink = /^(?:moby-|br|v|c|dm)([0-9a-f]{8})/

/**
 * Names of the links of the host, without those of engines on other data roots than these: such engines may work
 * beside, and add links and take them away at any time.
 */
export async function hostLinks(dataRoots: readonly string[]): Promise<string[]> {
  const own = new Set(dataRoots.map(instanceId))
  const names = await readdir('/sys/class/net')
  return names.filter((name) => {
    const id = engineLink.exec(name)?.[1]
    return id === undefined || own.has(id)
  })
}
