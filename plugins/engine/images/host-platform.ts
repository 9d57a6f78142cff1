const names: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }

/** The processor of this host in the words of image specifications: `amd64`, `arm64`. */
export function hostArchitecture(): string {
  return names[process.arch] ?? process.arch
}
