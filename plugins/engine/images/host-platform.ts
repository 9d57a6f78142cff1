import { codedError } from '@moby/contracts'

const names: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }

/** The processor of this host in the words of image specifications: `amd64`, `arm64`. */
export function hostArchitecture(): string {
  return names[process.arch] ?? process.arch
}

/** The platform of a new image as written, `linux/arm64/v8`; that of the host when nothing is. Fails with NOT_SUPPORTED. */
export function platformOrHost(text: string | undefined): { os: string; architecture: string; variant?: string } {
  if (text === undefined || text === '') return { os: 'linux', architecture: hostArchitecture() }
  const [os = '', architecture = hostArchitecture(), variant] = text.split('/')
  if (os !== 'linux') {
    throw codedError('NOT_SUPPORTED', `The operating system ${os} is not supported`, { details: { platform: text } })
  }
  return { os, architecture, ...(variant === undefined ? {} : { variant }) }
}
