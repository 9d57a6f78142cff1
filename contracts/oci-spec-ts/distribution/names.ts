/** Grammar of `<name>` in registry paths (distribution-spec, "Pulling manifests"), 255 characters at most. */
const name = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const tag = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/

export function isRepositoryName(text: string): boolean {
  return text.length <= 255 && name.test(text)
}

export function isTag(text: string): boolean {
  return tag.test(text)
}
