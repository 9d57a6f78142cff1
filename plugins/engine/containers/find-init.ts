import { codedError } from '@moby/contracts'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Statically linked ones: what runs as the first process must not need the libraries of an image. */
const names = ['docker-init', 'tini-static', 'catatonit']
const folders = ['/usr/libexec/docker', '/usr/local/libexec/docker', '/usr/bin', '/usr/libexec/podman']

/** The program that `--init` puts into containers, empty when the host has none. */
export function initBinaryOrNone(): string {
  const searched = [...(process.env['PATH'] ?? '').split(delimiter), ...folders].filter((folder) => folder !== '')
  for (const name of names) {
    const folder = searched.find((candidate) => existsSync(join(candidate, name)))
    if (folder !== undefined) return join(folder, name)
  }
  return ''
}

/** The same where it is needed. Fails with HOST_LACKS. */
export function findInit(): string {
  const found = initBinaryOrNone()
  if (found !== '') return found
  throw codedError('HOST_LACKS', 'the host lacks an init program for containers (docker-init or tini-static)', {
    hint: 'Install the package tini, or leave --init out.',
    details: { feature: 'init' },
  })
}
