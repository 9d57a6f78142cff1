import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codedError } from '@moby/contracts'
import type { ClientSettings } from '../settings.ts'

/** PEM texts for one host. */
export interface HostCertificates {
  readonly authorities: readonly string[]
  readonly client?: { readonly cert: string; readonly key: string }
}

/**
 * Certificates for a host: the files that its settings name, else the first folder HOST[:PORT] in the folders of
 * certificates, with `*.crt` for authorities, `NAME.cert` and `NAME.key` for what this client shows. Fails with
 * REGISTRY_CONFIG_INVALID for what is missing or cannot be read. Source: docs.docker.com/engine/security/certificates
 */
export async function certificatesFor(name: string, host: string, settings: ClientSettings): Promise<HostCertificates> {
  const { ca, clientCert, clientKey } = settings.registries[name] ?? {}
  if (ca !== undefined || clientCert !== undefined || clientKey !== undefined) {
    if ((clientCert === undefined) !== (clientKey === undefined)) {
      throw invalid(`${name} has ${clientCert === undefined ? 'clientKey' : 'clientCert'} alone`, undefined)
    }
    return {
      authorities: ca === undefined ? [] : [await read(ca)],
      ...(clientCert === undefined || clientKey === undefined
        ? {}
        : { client: { cert: await read(clientCert), key: await read(clientKey) } }),
    }
  }
  for (const folder of settings.certificateFolders) {
    for (const each of new Set([name, host])) {
      const found = await fromFolder(join(folder, each))
      if (found !== undefined) return found
    }
  }
  return { authorities: [] }
}

async function fromFolder(folder: string): Promise<HostCertificates | undefined> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw invalid(`The folder of certificates ${folder} cannot be read`, error)
  })
  if (names === undefined) return undefined
  const sorted = names.toSorted()
  const authorities = await Promise.all(
    sorted.filter((each) => each.endsWith('.crt')).map((each) => read(join(folder, each))),
  )
  const certs = sorted.filter((each) => each.endsWith('.cert'))
  for (const each of [...certs, ...sorted.filter((name) => name.endsWith('.key'))]) {
    const other = each.endsWith('.cert') ? each.replace(/cert$/, 'key') : each.replace(/key$/, 'cert')
    if (!sorted.includes(other)) throw invalid(`${join(folder, each)} stands without ${other}`, undefined)
  }
  const [first] = certs
  if (first === undefined) return { authorities }
  const key = join(folder, first.replace(/cert$/, 'key'))
  return { authorities, client: { cert: await read(join(folder, first)), key: await read(key) } }
}

async function read(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((error: unknown) => {
    throw invalid(`The certificate or key ${path} cannot be read`, error)
  })
}

function invalid(message: string, cause: unknown): Error {
  return codedError('REGISTRY_CONFIG_INVALID', message, {
    cause,
    hint: 'Authorities are *.crt, client certificates pairs of NAME.cert and NAME.key, all PEM.',
  })
}
