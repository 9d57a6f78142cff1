import type { Kind } from './model.ts'

export interface Wish {
  readonly kind: Kind
  readonly token: string
  readonly exitCode: number
  readonly autoRemove: boolean
  /** Host port of a `web`, or 0 for one that the engine chooses. */
  readonly port: number
  /** Named volume to mount. */
  readonly volume?: string | undefined
  readonly anonymousVolume: boolean
}

const commands: Record<Kind, (wish: Wish) => string[]> = {
  sleeper: () => ['sleep', '100000'],
  stubborn: () => ['sleep', '100000'],
  polite: () => ['sh', '-c', "trap 'exit 5' TERM; while :; do sleep 0.1; done"],
  brief: ({ token, exitCode }) => ['sh', '-c', `echo begin ${token}; sleep 0.7; echo end ${token}; exit ${exitCode}`],
  failing: () => ['sh', '-c', 'sleep 0.3; exit 9'],
  web: ({ token }) => ['sh', '-c', `mkdir -p /www; echo ${token} > /www/index.html; exec httpd -f -p 80 -h /www`],
  broken: () => ['no-such-program'],
}

/** Body of the request that creates it. */
export function containerBody(wish: Wish): object {
  const policies: Partial<Record<Kind, string>> = { stubborn: 'unless-stopped', failing: 'always' }
  return {
    Image: 'busybox:latest',
    Cmd: commands[wish.kind](wish),
    Labels: { campaign: wish.token },
    ...(wish.anonymousVolume ? { Volumes: { '/anonymous': {} } } : {}),
    ...(wish.kind === 'web' ? { ExposedPorts: { '80/tcp': {} } } : {}),
    HostConfig: {
      AutoRemove: wish.autoRemove,
      RestartPolicy: { Name: policies[wish.kind] ?? '' },
      ...(wish.volume === undefined ? {} : { Binds: [`${wish.volume}:/kept`] }),
      ...(wish.kind === 'web'
        ? { PortBindings: { '80/tcp': [{ HostPort: wish.port === 0 ? '' : String(wish.port) }] } }
        : {}),
    },
  }
}
