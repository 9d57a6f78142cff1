import { createHash } from 'node:crypto'
import { execa } from 'execa'
import { readTar } from '@moby/lib-tar'
import type { Subject } from './subject.ts'

/** What engines put into every container. */
const own = /^(?:\.dockerenv|dev(?:\/.*)?|proc(?:\/.*)?|sys(?:\/.*)?|etc\/(?:hosts|hostname|resolv\.conf|mtab))$/

const configKeys = [
  'User',
  'ExposedPorts',
  'Env',
  'Cmd',
  'Entrypoint',
  'Volumes',
  'WorkingDir',
  'Labels',
  'OnBuild',
  'StopSignal',
  'Shell',
  'Healthcheck',
] as const

/**
 * Every file of an image: type, permissions, owner, size, content, target, attributes and, where it is
 * older than `start`, its time. Those of folders are nobody's promise where the two builders of dockerd differ.
 */
export async function imageTree(
  subject: Subject,
  tag: string,
  times: { readonly start: bigint; readonly folderTimes: boolean },
): Promise<Record<string, unknown>> {
  const created = await subject.docker(['create', tag, 'none'])
  const id = created.stdout.trim()
  if (created.exitCode !== 0) throw new Error(`${subject.name}: docker create ${tag}: ${created.stderr}`)
  try {
    const exported = execa('docker', ['export', id], {
      env: { ...subject.facts.environment },
      encoding: 'buffer',
      buffer: false,
      stdin: 'ignore',
    })
    const tree: Record<string, unknown> = {}
    for await (const { entry, content } of readTar(exported.stdout as AsyncIterable<Uint8Array>)) {
      const path = Buffer.from(entry.name, 'latin1')
        .toString()
        .replace(/^\.?\/|\/$/g, '')
      const hash = createHash('sha256')
      for await (const chunk of content) hash.update(chunk)
      // `etc` is there for the files of the engine alone when the image has none.
      if (path === '' || path === '.' || path === 'etc' || own.test(path)) continue
      tree[path] = {
        type: entry.type,
        mode: entry.mode.toString(8),
        owner: `${entry.uid}:${entry.gid}`,
        size: entry.size,
        ...(entry.type === 'file' ? { content: hash.digest('hex') } : {}),
        ...(entry.linkName === ''
          ? {}
          : { target: entry.linkName.replace(/^\//, entry.type === 'hard-link' ? '' : '/') }),
        xattrs: Object.fromEntries([...entry.xattrs].map(([key, value]) => [key, Buffer.from(value).toString('hex')])),
        ...(entry.type === 'directory' && !times.folderTimes
          ? {}
          : { modified: entry.modifiedAt < times.start ? String(entry.modifiedAt / 1_000_000_000n) : 'now' }),
      }
    }
    await exported
    return withNamedLinks(tree)
  } finally {
    await subject.docker(['rm', id])
  }
}

/** Which of several names of a file stands first in an archive is nobody's promise: all of them become one group. */
function withNamedLinks(tree: Record<string, unknown>): Record<string, unknown> {
  const groups = new Map<string, string[]>()
  for (const [path, value] of Object.entries(tree)) {
    const { type, target } = value as { type: string; target?: string }
    if (type === 'hard-link' && target !== undefined) groups.set(target, [...(groups.get(target) ?? [target]), path])
  }
  const result = { ...tree }
  for (const [first, names] of groups) {
    for (const name of names) result[name] = { ...(tree[first] as object), names: names.toSorted().join(' ') }
  }
  return result
}

/** What runs by default, and with `withHistory` how it was made; digests of what was copied are each engine's own. */
export async function imageConfiguration(subject: Subject, tag: string, withHistory: boolean): Promise<unknown> {
  const { body } = await subject.api('GET', `/images/${encodeURIComponent(tag)}/json`)
  const image = body as { Config: Record<string, unknown>; Author: string; Architecture: string; Os: string }
  const config = Object.fromEntries(
    configKeys.flatMap((key) => {
      const value = image.Config[key]
      const isEmpty =
        value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
      return isEmpty || JSON.stringify(value) === '{}' ? [] : [[key, value]]
    }),
  )
  const history = withHistory ? await historyOf(subject, tag) : undefined
  const { Author: author, Architecture: architecture, Os: os } = image
  return { config, author, architecture, os, ...(history === undefined ? {} : { history }) }
}

async function historyOf(subject: Subject, tag: string): Promise<string[]> {
  const { body } = await subject.api('GET', `/images/${encodeURIComponent(tag)}/history`)
  return (body as { CreatedBy: string }[]).map(({ CreatedBy }) =>
    CreatedBy.replace(/(?:file|dir|multi):[0-9a-f]{64}/, 'files'),
  )
}
