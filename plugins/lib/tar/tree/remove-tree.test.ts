import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { removeFolders } from '../trees.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'remove-tree-'))))
afterEach(() => rmSync(root, { recursive: true, force: true }))

function makeTree(folder: string): void {
  for (let at = 0; at < 60; at += 1) {
    const inner = join(folder, `${at % 10}`, `${at}`, 'a/b')
    mkdirSync(inner, { recursive: true })
    writeFileSync(join(inner, 'file'), 'x')
  }
}

test('what others remove at the same time is removed', async () => {
  for (let round = 0; round < 10; round += 1) {
    const tree = join(root, 'tree')
    makeTree(tree)
    // As a launcher that starts and the warden of the one before do it, each in a thread of its own.
    await Promise.all([removeFolders([tree]), removeFolders([tree]), removeFolders([tree])])
    expect(readdirSync(root)).toEqual([])
  }
})
