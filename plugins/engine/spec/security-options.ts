import { codedError } from '@moby/contracts'
import { existsSync } from 'node:fs'

export interface SecurityOptions {
  readonly noNewPrivileges: boolean
  /** `default`, `unconfined`, or a profile as JSON. */
  readonly seccomp: string
}

/**
 * Reads `--security-opt`. AppArmor and SELinux are refused by HOST_LACKS when asked for, because nothing on
 * this path confines by them; unknown options fail with CONTAINER_SPEC_INVALID.
 */
export function readSecurityOptions(options: readonly string[]): SecurityOptions {
  let noNewPrivileges = false
  let seccomp = 'default'
  for (const option of options) {
    const [, key = option, value = ''] = /^([^=:]+)[=:](.*)$/s.exec(option) ?? []
    switch (key) {
      case 'no-new-privileges':
        noNewPrivileges = readFlag(option, value)
        break
      case 'seccomp':
        seccomp = value === 'builtin' || value === '' ? 'default' : value
        break
      case 'apparmor':
        if (value !== 'unconfined' && value !== '') throw lacks('AppArmor', '/sys/kernel/security/apparmor', option)
        break
      case 'label':
        if (value !== 'disable') throw lacks('SELinux', '/sys/fs/selinux', option)
        break
      default:
        throw codedError('CONTAINER_SPEC_INVALID', `invalid --security-opt ${key === option ? 1 : 2}: "${option}"`)
    }
  }
  return { noNewPrivileges, seccomp }
}

function readFlag(option: string, value: string): boolean {
  if (value === '' || value === 'true' || value === '1') return true
  if (value === 'false' || value === '0') return false
  throw codedError('CONTAINER_SPEC_INVALID', `invalid --security-opt 2: "${option}"`)
}

function lacks(module: string, path: string, option: string) {
  if (existsSync(path)) {
    return codedError('NOT_SUPPORTED', `security option "${option}": this engine does not set ${module} labels`, {
      hint: `Leave the option out; the container is confined by capabilities, seccomp and namespaces.`,
    })
  }
  return codedError('HOST_LACKS', `security option "${option}": the host lacks ${module}`, {
    hint: `Leave the option out, or use a kernel with ${module} enabled.`,
    details: { feature: module },
  })
}
