/** Keys of the engine's requests under which passwords, tokens and secrets of builds stand. */
const secretKeys: ReadonlySet<string> = new Set(['credentials', 'registries', 'secrets'])

/**
 * A request as authorizers may see it: what is asked for, whose registry and which secret, never the secret itself.
 * The engine acts on the request as it is.
 */
export function withoutSecrets(request: unknown): unknown {
  if (typeof request !== 'object' || request === null || !Object.keys(request).some((key) => secretKeys.has(key))) {
    return request
  }
  const entries = Object.entries(request).map(([key, value]) => [key, secretKeys.has(key) ? hide(value) : value])
  return Object.fromEntries(entries) as unknown
}

/** Names stay, values go. */
function hide(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return '***'
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hide(inner)]))
}
