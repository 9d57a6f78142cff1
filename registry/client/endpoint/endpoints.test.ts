import { expect, test } from 'vitest'
import { defaultSettings, type RegistrySettings } from '../settings.ts'
import { canonicalRegistry, endpointsOf } from './endpoints.ts'

const origins = (registry: string, registries: Record<string, RegistrySettings> = {}, use: 'read' | 'write' = 'read') =>
  endpointsOf(registry, { ...defaultSettings, registries }, use).map(({ origin }) => origin)

test('the names of Docker Hub are one registry, at the host of its API', () => {
  for (const name of ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'Docker.IO']) {
    expect(canonicalRegistry(name)).toBe('docker.io')
    expect(origins(name)).toEqual(['https://registry-1.docker.io'])
  }
})

test('plain HTTP is spoken with loopback and with what is configured so, after TLS, and with nobody else', () => {
  expect(origins('registry.example')).toEqual(['https://registry.example'])
  expect(origins('10.0.0.1:5000')).toEqual(['https://10.0.0.1:5000'])
  for (const host of ['127.0.0.1:5000', '127.9.9.9:5000', 'localhost:5000', '[::1]:5000', 'registry.localhost:5000']) {
    expect(origins(host)).toEqual([`https://${host}`, `http://${host}`])
  }
  const insecure = { 'registry.example:5000': { insecure: true } }
  expect(origins('registry.example:5000', insecure)).toEqual([
    'https://registry.example:5000',
    'http://registry.example:5000',
  ])
  expect(origins('registry.example', insecure)).toEqual(['https://registry.example'])
})

test('mirrors are asked first for what is read, in their order, and never for what is written', () => {
  const mirrors = ['mirror.example', 'http://plain.example:5000', 'https://other.example/', '127.0.0.1:5000']
  const registries = { 'docker.io': { mirrors } }
  expect(origins('docker.io', registries)).toEqual([
    'https://mirror.example',
    'http://plain.example:5000',
    'https://other.example',
    'https://127.0.0.1:5000',
    'http://127.0.0.1:5000',
    'https://registry-1.docker.io',
  ])
  expect(origins('docker.io', registries, 'write')).toEqual(['https://registry-1.docker.io'])
  expect(origins('other.io', registries)).toEqual(['https://other.io'])
  const [mirror, plain] = endpointsOf('docker.io', { ...defaultSettings, registries }, 'read')
  expect(mirror).toMatchObject({ name: 'mirror.example', isMirror: true, isInsecure: false })
  expect(plain).toMatchObject({ name: 'plain.example:5000', isMirror: true, isInsecure: true })
})

test.each([
  'ftp://mirror.example',
  'https://mirror.example/path',
  'https://user@mirror.example',
  '',
  'a b',
  'https://',
])('the mirror %j is refused by name', (mirror) => {
  expect(() => origins('docker.io', { 'docker.io': { mirrors: [mirror] } })).toThrow(
    expect.objectContaining({
      code: 'REGISTRY_CONFIG_INVALID',
      message: expect.stringContaining('docker.io'),
    }) as Error,
  )
})
