/** The host of a reference as people write it. */
export function registryOf(reference: string): string {
  const [first = '', ...rest] = reference.split('/')
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  return !isHost || first === 'index.docker.io' ? 'docker.io' : first
}
