import { expect, test } from 'vitest'
import { withoutOwnFiles } from './changes.ts'

async function filtered(paths: readonly string[]): Promise<string[]> {
  const seen: string[] = []
  async function* changes() {
    for (const path of paths) yield { path, kind: path === '/etc' ? ('modified' as const) : ('added' as const) }
  }
  for await (const { path } of withoutOwnFiles(changes())) seen.push(path)
  return seen
}

test('mount points of the engine are no changes of the container', async () => {
  expect(await filtered(['/etc', '/etc/hostname', '/etc/hosts', '/etc/resolv.conf', '/new'])).toEqual(['/new'])
  expect(await filtered(['/etc', '/etc/hosts', '/etc/own', '/new'])).toEqual(['/etc', '/etc/own', '/new'])
})
