import { afterEach, expect, test } from 'vitest'
import { always } from '../../../registry/client/fixtures/lies.ts'
import { ScriptedRegistry } from '../../../registry/client/fixtures/scripted-registry.ts'
import { makeCertificate } from '../../peers/certificates.ts'
import { Stage } from './clients.ts'

const stage = new Stage()
afterEach(() => stage.close())

const at = (registry: { readonly host: string }) => ({
  registry: registry.host,
  repository: 'team/app',
  reference: 'one',
})
/** What a registry says of a repository that it does not have: it was reached. */
const reached = { code: 'REGISTRY_NOT_FOUND' }

test('B23 a registry whose authority is not known is refused, and the error names certificate and remedy', async () => {
  const registry = await stage.registry({ tls: 'trusted' })
  await expect(stage.client().manifest(at(registry))).rejects.toMatchObject({
    code: 'REGISTRY_TLS',
    message: expect.stringMatching(/^127\.0\.0\.1:\d+\/team\/app:one: the certificate of .* is of an authority that/),
    hint: expect.stringContaining(`/etc/docker/certs.d/${registry.host}/ca.crt`),
  })
})

test('a registry whose authority is configured is reached: by a file, or by a folder as docker has it', async () => {
  const registry = await stage.registry({ tls: 'trusted' })
  const folder = await stage.folder({ [`${registry.host}/ca.crt`]: registry.authority?.pem ?? '' })
  await expect(stage.client({ certificateFolders: [folder] }).manifest(at(registry))).rejects.toMatchObject(reached)
  const registries = { [registry.host]: { ca: `${folder}/${registry.host}/ca.crt` } }
  await expect(stage.client({ registries }).manifest(at(registry))).rejects.toMatchObject(reached)
})

test.each([
  ['expired', 'has expired', 'Renew'],
  ['wrong-host', 'is for another host (DNS:registry.test)', 'Use a name that the certificate is for'],
] as const)('B23 a certificate that is %s is refused by that name', async (tls, problem, remedy) => {
  const registry = await stage.registry({ tls })
  const folder = await stage.folder({ 'ca.crt': registry.authority?.pem ?? '' })
  const registries = { [registry.host]: { ca: `${folder}/ca.crt` } }
  await expect(stage.client({ registries }).manifest(at(registry))).rejects.toMatchObject({
    code: 'REGISTRY_TLS',
    message: expect.stringContaining(problem),
    hint: expect.stringContaining(remedy),
  })
})

test('B23 a bad certificate is never answered with plain HTTP, not even on loopback', async () => {
  const certificate = makeCertificate({ subject: 'nobody knows', names: ['127.0.0.1'] })
  const registry = await ScriptedRegistry.start({ tls: { cert: certificate.pem, key: certificate.keyPem } })
  stage.later(() => registry.stop())
  const client = stage.client()
  await expect(client.manifest(at(registry))).rejects.toMatchObject({ code: 'REGISTRY_TLS' })
  expect(registry.seen).toEqual([])
})

test('B23 a registry that has spoken TLS is not asked without when its connections break', async () => {
  const authority = makeCertificate({ subject: 'authority', authority: true })
  const server = makeCertificate({ subject: 'server', names: ['127.0.0.1'], issuer: authority })
  const registry = await ScriptedRegistry.start({ tls: { cert: server.pem, key: server.keyPem } })
  stage.later(() => registry.stop())
  registry.on(/manifests/, ({ request }) => void request.socket.destroy())
  const folder = await stage.folder({ 'ca.crt': authority.pem })
  const client = stage.client({ registries: { [registry.host]: { ca: `${folder}/ca.crt` } } })
  await expect(client.manifest(at(registry))).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: expect.stringMatching(/the connection to .* broke/),
  })
})

test('a registry that is configured as insecure is reached whatever its certificate', async () => {
  for (const tls of ['trusted', 'expired', 'wrong-host'] as const) {
    const registry = await stage.registry({ tls })
    const registries = { [registry.host]: { insecure: true } }
    await expect(stage.client({ registries }).manifest(at(registry))).rejects.toMatchObject(reached)
  }
})

test('a registry that wants client certificates gets the one of the configuration, and names it where there is none', async () => {
  const registry = await stage.registry({ tls: 'trusted', clientCertificates: true })
  const { authority, client } = registry
  const folder = await stage.folder({
    [`with/${registry.host}/ca.crt`]: authority?.pem ?? '',
    [`with/${registry.host}/client.cert`]: client?.pem ?? '',
    [`with/${registry.host}/client.key`]: client?.keyPem ?? '',
    [`without/${registry.host}/ca.crt`]: authority?.pem ?? '',
    [`alone/${registry.host}/client.cert`]: client?.pem ?? '',
  })
  const ask = (name: string) => stage.client({ certificateFolders: [`${folder}/${name}`] }).manifest(at(registry))
  await expect(ask('with')).rejects.toMatchObject(reached)
  await expect(ask('without')).rejects.toMatchObject({
    code: 'REGISTRY_TLS',
    hint: expect.stringMatching(/client certificate/i),
  })
  await expect(ask('alone')).rejects.toMatchObject({
    code: 'REGISTRY_CONFIG_INVALID',
    message: expect.stringContaining('client.cert stands without client.key'),
  })
})

test('a certificate or key that cannot be used is named, and so is a file that is not there', async () => {
  const registry = await stage.registry({ tls: 'trusted' })
  const folder = await stage.folder({ 'ca.crt': 'no certificate', 'a.cert': 'nor this', 'a.key': 'nor that' })
  const ask = (settings: object) => stage.client({ registries: { [registry.host]: settings } }).manifest(at(registry))
  await expect(ask({ clientCert: `${folder}/a.cert`, clientKey: `${folder}/a.key` })).rejects.toMatchObject({
    code: 'REGISTRY_CONFIG_INVALID',
  })
  await expect(ask({ ca: `${folder}/none.crt` })).rejects.toMatchObject({
    code: 'REGISTRY_CONFIG_INVALID',
    message: expect.stringContaining('none.crt'),
  })
})

test('a certificate that is put in place is taken without a restart', { timeout: 90_000 }, async () => {
  const registry = await stage.registry({ tls: 'trusted' })
  const folder = await stage.folder({ [`${registry.host}/note`]: 'nothing yet' })
  const client = stage.client({ certificateFolders: [folder] })
  await expect(client.manifest(at(registry))).rejects.toMatchObject({ code: 'REGISTRY_TLS' })
  const { writeFile } = await import('node:fs/promises')
  await writeFile(`${folder}/${registry.host}/ca.crt`, registry.authority?.pem ?? '')
  await expect
    .poll(() => client.manifest(at(registry)).catch(({ code }) => code as string), { timeout: 45_000 })
    .toBe('REGISTRY_NOT_FOUND')
})

test('B10 a redirect from TLS to plain HTTP is refused', async () => {
  const authority = makeCertificate({ subject: 'authority', authority: true })
  const server = makeCertificate({ subject: 'server', names: ['127.0.0.1'], issuer: authority })
  const registry = await ScriptedRegistry.start({ tls: { cert: server.pem, key: server.keyPem } })
  const plain = await ScriptedRegistry.start({ address: '127.0.0.2' })
  stage.later(() => registry.stop())
  stage.later(() => plain.stop())
  registry.on(/manifests/, always(307, { location: `${plain.origin}/v2/team/app/manifests/one` }))
  const folder = await stage.folder({ 'ca.crt': authority.pem })
  const client = stage.client({ registries: { [registry.host]: { ca: `${folder}/ca.crt` } } })
  await expect(client.manifest(at(registry))).rejects.toMatchObject({
    code: 'REGISTRY_ANSWER_INVALID',
    message: expect.stringContaining('away from TLS'),
  })
  registry.on(/uploads/, always(202, { location: `${plain.origin}/v2/team/app/blobs/uploads/1` }))
  const upload = { registry: registry.host, repository: 'team/app', digest: `sha256:${'a'.repeat(64)}`, size: 0 }
  await expect(client.upload(upload, (async function* () {})())).rejects.toMatchObject({
    code: 'REGISTRY_ANSWER_INVALID',
    message: expect.stringContaining('away from TLS'),
  })
  expect(plain.connections).toBe(0)
})
