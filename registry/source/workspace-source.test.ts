import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Descriptor } from '@moby/contracts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WorkspaceSource } from './workspace-source.ts'

const readDescriptor = (_file: string, text: string): Descriptor => ({
  name: /name: (.*)/.exec(text)?.[1] ?? '',
  version: '1.0.0',
  description: '',
  modes: ['module'],
  provides: [],
})

describe('the source workspace:', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'moby-workspace-'))
    await write('package.json', { workspaces: ['plugins/*', 'libs/*'] })
    await write('libs/base/package.json', { name: '@t/base' })
    await write('libs/base/index.ts', 'base')
    await write('libs/net/package.json', { name: '@t/net', dependencies: { '@t/base': '*' } })
    await write('libs/net/index.ts', 'net')
    await write('plugins/bridge/package.json', { name: '@t/bridge', dependencies: { '@t/net': '*', semver: '*' } })
    await write('plugins/bridge/component.yaml', 'name: t/bridge\n')
    await write('plugins/plain/package.json', { name: '@t/plain' })
    await write('plugins/plain/component.yaml', 'name: t/plain\n')
  })
  afterEach(async () => {
    await rm(root, { recursive: true, force: true })
  })

  async function write(path: string, content: unknown): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), typeof content === 'string' ? content : JSON.stringify(content))
  }

  const source = (...from: string[]) => new WorkspaceSource({ from, readDescriptor })

  async function digestOf(component: string): Promise<string> {
    const fresh = source(root)
    const [candidate] = await fresh.candidates('', component)
    if (candidate === undefined) throw new Error(`no ${component}`)
    return (await fresh.payload('', candidate)).digest
  }

  it('offers the packages with a descriptor', async () => {
    expect((await source(root).names()).toSorted()).toEqual(['t/bridge', 't/plain'])
    expect(await source(root).candidates('', 't/other')).toEqual([])
  })

  it('takes the first workspace at or above the folders it looks from', async () => {
    const names = source('/', join(root, 'plugins/bridge')).names()
    expect(await names).toContain('t/bridge')
    await expect(source('/').names()).rejects.toMatchObject({ code: 'WORKSPACE_MISSING' })
  })

  it('measures a component with every library that it depends on, and no other', async () => {
    const bridge = await digestOf('t/bridge')
    const plain = await digestOf('t/plain')
    await write('libs/base/index.ts', 'changed')
    expect(await digestOf('t/bridge')).not.toBe(bridge)
    expect(await digestOf('t/plain')).toBe(plain)
  })
})
