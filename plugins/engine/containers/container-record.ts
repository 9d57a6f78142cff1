import type { Container, ContainerSpec, EndpointSpec, Exit, MountSpec, PortBinding } from '@moby/contracts'

/**
 * Where a container is in its life, as persisted. `starting` and `removing` mark work that was begun:
 * finding one of them at the start of the engine means that it has to be undone or finished.
 */
export type RecordStatus =
  | 'creating'
  | 'created'
  | 'starting'
  | 'running'
  | 'paused'
  | 'restarting'
  | 'exited'
  | 'removing'
  | 'dead'

/** One mount of a container, resolved when it was created. */
export interface MountRecord {
  readonly spec: MountSpec
  /** Absolute path in the container, cleaned. */
  readonly target: string
  readonly volume?:
    | {
        readonly name: string
        readonly driver: string
        /** Made for this container alone; goes with it on `rm -v` and auto-remove. */
        readonly anonymous: boolean
        /** Where its files are on the host, as the driver told at the creation; empty when it did not. */
        readonly path: string
      }
    | undefined
  readonly image?: ImageOfMount | undefined
  /** A bind of folders of the engine whose propagation the engine has chosen. */
  readonly followsEngineFolders?: boolean | undefined
}

/** The image of a mount, as it was when the container was created. */
export interface ImageOfMount {
  readonly id: string
  /** Driver of its layers. */
  readonly storage: string
  /** Key of its layers; absent for an image without any. */
  readonly chainId?: string | undefined
  /** Key of the container's own view of it, which keeps the layers when the image is removed. */
  readonly snapshot: string
}

/** One network of a container; the live part is there between start and exit. */
export interface EndpointRecord {
  readonly networkId: string
  readonly spec: EndpointSpec
  readonly live?: LiveEndpoint | undefined
}

export interface LiveEndpoint {
  readonly endpointId: string
  /** With prefix length, or empty. */
  readonly address: string
  readonly addressIpv6: string
  readonly gateway: string
  readonly gatewayIpv6: string
  readonly macAddress: string
  /** Name of the link inside the sandbox, empty when the driver gave none. */
  readonly link: string
  readonly poolId?: string | undefined
  readonly poolIdIpv6?: string | undefined
  readonly nameServers: readonly string[]
  /** Ports that this endpoint publishes. */
  readonly ports: readonly PortBinding[]
  /** It is being made, or taken away from a container that runs on: found after a crash, it is taken away. */
  readonly unfinished?: boolean | undefined
}

/** What is kept under `containers/<id>`: all that is needed to show, start, reconnect or remove a container. */
export interface ContainerRecord {
  readonly id: string
  /** Without slash. */
  readonly name: string
  readonly createdAt: string
  readonly spec: ContainerSpec
  readonly frontend?: unknown
  readonly image: {
    readonly id: string
    readonly reference: string
    /** Parent of the writable snapshot; absent for an image without layers. */
    readonly chainId?: string | undefined
    readonly tags: readonly string[]
  }
  readonly process: Container['process']
  readonly drivers: Container['drivers']
  readonly logOptions: Readonly<Record<string, string>>
  readonly status: RecordStatus
  /** What the last start began from: shown while it goes on, and where an interrupted one goes back to. */
  readonly statusBeforeStart?: 'created' | 'exited' | 'restarting' | undefined
  /** It was paused not by the user but for work that is under way; a paused container with it goes on at the start. */
  readonly pausedFor?: 'commit' | undefined
  /** Its volumes are mounted for somebody who copies files, while it does not run itself. */
  readonly copying?: boolean | undefined
  readonly pid: number
  readonly exitCode: number
  readonly oomKilled: boolean
  /** How a run ended whose end is just being dealt with: the runtime forgets it on the way. */
  readonly exit?: Exit | undefined
  /** Why the last start failed; empty when it did not. */
  readonly error: string
  readonly startedAt?: string | undefined
  readonly finishedAt?: string | undefined
  readonly restartCount: number
  /** The user stopped it: restart policies leave it alone until it is started again. */
  readonly stoppedByUser: boolean
  /** A stop was begun; after a restart of the engine it is finished. */
  readonly stopRequested: boolean
  /** Given with the removal that is under way. */
  readonly removeVolumes?: boolean | undefined
  readonly mounts: readonly MountRecord[]
  readonly endpoints: readonly EndpointRecord[]
  /** Id of the network sandbox; the container's own or that of another. */
  readonly sandboxId: string
  /** Where the log driver keeps the log, once it was opened. */
  readonly logPath: string
}

/** True while the container has a process. */
export function isRunning(record: Pick<ContainerRecord, 'status'>): boolean {
  return record.status === 'running' || record.status === 'paused'
}
