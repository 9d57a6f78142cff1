import { createHash } from 'node:crypto'
import { openAsBlob } from 'node:fs'

export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

/** Puts a blob into a registry that asks for no password. Nothing goes over the wire when it is there already. */
export async function putBlob(
  registry: string,
  repository: string,
  digest: string,
  content: Uint8Array<ArrayBuffer> | { readonly file: string },
): Promise<void> {
  const blobs = `${registry}/v2/${repository}/blobs`
  if ((await fetch(`${blobs}/${digest}`, { method: 'HEAD' })).ok) return
  const begun = await fetch(`${blobs}/uploads/`, { method: 'POST' })
  const location = new URL(begun.headers.get('location') ?? '', registry)
  location.searchParams.set('digest', digest)
  const body = content instanceof Uint8Array ? content : await openAsBlob(content.file)
  await insist(await fetch(location, { method: 'PUT', body, headers: { 'content-type': 'application/octet-stream' } }))
}

/** Puts a manifest or an index under a tag; answers its descriptor. */
export async function putManifest(
  registry: string,
  repository: string,
  tag: string,
  manifest: { readonly mediaType: string; readonly [key: string]: unknown },
): Promise<Descriptor> {
  const body = JSON.stringify(manifest)
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`
  const answer = await fetch(`${registry}/v2/${repository}/manifests/${tag}`, {
    method: 'PUT',
    body,
    headers: { 'content-type': manifest.mediaType },
  })
  await insist(answer)
  return { mediaType: manifest.mediaType, digest, size: Buffer.byteLength(body) }
}

async function insist(answer: Response): Promise<void> {
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}: ${await answer.text()}`)
  await answer.arrayBuffer()
}
