import { createHash } from 'node:crypto'
import { readTar } from '@moby/lib-tar'

/** What an engine puts into a root of its own accord. */
const engineFiles = /^(?:\.dockerenv|dev|dev\/.*|proc|sys|etc\/(?:hosts|hostname|resolv\.conf|mtab))$/

/**
 * The files of an archive, one line each: everything that the archive tells of them, with the digest of the content. Of
 * several names of one file the first by its bytes stands for it, whichever the archive has first. `exactTimes: false`
 * leaves out what is below seconds.
 */
export async function listTree(
  archive: AsyncIterable<Uint8Array>,
  options: { readonly exactTimes?: boolean } = {},
): Promise<string[]> {
  const files = new Map<string, string>()
  const groups = new Map<string, string[]>()
  for await (const { entry, content } of readTar(archive)) {
    const name = entry.name.replace(/^\.\//, '').replace(/\/$/, '')
    if (engineFiles.test(name) || name === '' || name === '.') continue
    if (entry.type === 'hard-link') {
      const target = entry.linkName.replace(/^\.?\//, '')
      groups.set(target, [...(groups.get(target) ?? []), name])
      continue
    }
    const hash = createHash('sha256')
    for await (const chunk of content) hash.update(chunk)
    const time = options.exactTimes === false ? entry.modifiedAt / 1_000_000_000n : entry.modifiedAt
    const xattrs = [...entry.xattrs].map(([key, value]) => `${key}=${Buffer.from(value).toString('hex')}`).toSorted()
    files.set(
      name,
      [
        entry.type,
        entry.mode.toString(8),
        `${entry.uid}:${entry.gid}`,
        entry.size,
        // The time of a folder tells when the engine put something into it.
        name === 'etc' ? '' : String(time),
        entry.linkName,
        `${entry.major},${entry.minor}`,
        ...xattrs,
        entry.type === 'file' ? hash.digest('hex').slice(0, 16) : '',
      ].join(' '),
    )
  }
  for (const [target, others] of groups) {
    const names = [target, ...others].toSorted()
    const facts = files.get(target) ?? 'no such file'
    for (const name of names) files.set(name, name === names[0] ? facts : `the same file as ${names[0]}`)
  }
  return [...files].map(([name, facts]) => `${name}: ${facts}`).toSorted()
}
