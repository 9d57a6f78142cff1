const dockerHub = 'docker.io'
const hubNames: ReadonlySet<string> = new Set([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'hub.docker.com',
])

/** The registry that `docker login` means, as references name it: of a host, a URL, or nothing at all. */
export function registryOf(server: string | undefined): string {
  const host = (server ?? '').replace(/^https?:\/\//, '').replace(/\/.*$/, '')
  return host === '' || hubNames.has(host) ? dockerHub : host
}
