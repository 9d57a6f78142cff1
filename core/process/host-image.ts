import { existsSync, mkdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import process from 'node:process'
import type { GrantedMount } from '@moby/contracts'
import type { Member } from '../lifecycle/member.ts'
import { environmentOf, programOf } from './program.ts'

/** What a component runs from in its container. */
export interface ContainerImage {
  /** Folder of the image. */
  readonly folder: string
  readonly command?: readonly string[] | undefined
  readonly environment: Readonly<Record<string, string>>
  readonly user?: string | undefined
  readonly workingDirectory?: string | undefined
  /** What it sees of the host besides what it was granted, all of it read-only. */
  readonly mounts: readonly GrantedMount[]
}

const project = join(import.meta.dirname, '../..')

/** Programs and libraries of a Linux system (hier(7)), and what makes them be found. */
const programFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/etc/alternatives', '/etc/ld.so.cache']

/** What the kernel's host program and the components of the project import. */
const projectFolders = ['contracts', 'core', 'plugins', 'registry', 'node_modules', '.cache', 'package.json']

/**
 * For a component that brings no image: an empty root in which it sees the programs of this host and its own code,
 * nothing else, all of it read-only. So what runs as a process runs in a container too, by one word in the manifest.
 */
export function hostImage({ descriptor, folder: payload, sees }: Member, runRoot: string): ContainerImage {
  const folder = join(runRoot, 'empty')
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const { command, environment, user, workingDirectory = payload } = descriptor.image ?? {}
  const { file, args } = programOf(descriptor, payload)
  const code = descriptor.command === undefined ? projectFolders.map((each) => join(project, each)) : []
  const seen = new Set<string>()
  for (const path of [...programFolders, ...code, ...sees, payload, ...(file.startsWith('/') ? [file] : [])]) {
    if (existsSync(path) && ![...seen].some((each) => path === each || path.startsWith(each + sep))) seen.add(path)
  }
  const { PATH = '' } = environmentOf(process.env, {})
  return {
    folder,
    command: command ?? [file, ...args],
    environment: { PATH, ...environment },
    user,
    workingDirectory,
    mounts: [...seen].map((source) => ({ source, readOnly: true })),
  }
}
