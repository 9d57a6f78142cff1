import { codedError } from '@moby/contracts'

const option = 'com.docker.network.endpoint.sysctls'

/** A kernel setting of the link of an endpoint. */
export interface LinkSetting {
  /** Below /proc/sys, for the link by that name. */
  readonly file: (link: string) => string
  readonly value: string
  /** As the user wrote it. */
  readonly text: string
}

/**
 * Kernel settings in the options of an endpoint, `net.ipv4.conf.IFNAME.log_martians=1,…`: the engine makes them, for
 * links of every driver. Fails with CONTAINER_SPEC_INVALID.
 */
export function readSysctls(options: Readonly<Record<string, string>> = {}): LinkSetting[] {
  const written = options[option] ?? ''
  return written === '' ? [] : written.split(',').map(readSetting)
}

/** What is left of the options for the driver. */
export function driverOptions(options: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { [option]: _engine, ...rest } = options
  return rest
}

function readSetting(text: string): LinkSetting {
  const [name = '', ...values] = text.split('=')
  const parts = name.split('.')
  const isName =
    parts.length === 5 && /^net\.(ipv4|ipv6|mpls)\./.test(name) && parts.every((part) => /^[\w-]+$/.test(part))
  if (!isName || values.length === 0) {
    throw codedError(
      'CONTAINER_SPEC_INVALID',
      `The option ${option} has the unusable setting ${JSON.stringify(text)}`,
      {
        hint: 'Write net.ipv4.conf.IFNAME.log_martians=1; IFNAME stands for the link, and commas separate settings.',
      },
    )
  }
  const [root, family, kind, , setting] = parts
  return { file: (link) => `/proc/sys/${root}/${family}/${kind}/${link}/${setting}`, value: values.join('='), text }
}
