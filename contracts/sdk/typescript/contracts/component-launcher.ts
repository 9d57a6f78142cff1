// Written from the contract by `npm run docs`; not to be edited.

import type { Call } from '../component.ts'

export interface GrantedMount {
  /** Path on the host; it must exist */
  readonly source: string
  /** Path in the container; absent: the same */
  readonly target?: string | undefined
  readonly readOnly: boolean
}

export interface GrantedDevice {
  readonly path: string
  /** Of r, w and m (mknod); absent: rw */
  readonly access?: string | undefined
}

export interface Grants {
  /** Files and folders of the host */
  readonly mounts?: readonly GrantedMount[] | undefined
  /** Names of capabilities(7). They open the system calls that belong to them, too */
  readonly capabilities?: readonly string[] | undefined
  /** none: a network namespace without links; absent: none */
  readonly network?: 'none' | 'host' | undefined
  /** Device nodes of the host, at the same path */
  readonly devices?: readonly GrantedDevice[] | undefined
  /** scratch: writable, in memory, gone at its end; absent: read-only */
  readonly root?: 'read-only' | 'scratch' | undefined
  /** The host sees what it mounts below its own folders, and it what the host mounts there */
  readonly shareMounts?: boolean | undefined
  /** Processes and threads at a time; absent: 512 */
  readonly pids?: number | undefined
  /** Absent: no limit of its own */
  readonly memoryBytes?: number | undefined
}

export interface ForeignMount {
  /** bind, tmpfs, or another type that mount(2) knows */
  readonly type: string
  readonly source: string
  readonly target: string
  /** As the runtime specification has them: rbind, ro, rshared */
  readonly options: readonly string[]
}

export interface SharedFolder {
  readonly source: string
  readonly target: string
}

export interface ForeignProgram {
  /** As they are, after those of every container */
  readonly mounts?: readonly ForeignMount[] | undefined
  /** Folders of the host below which mounts spread both ways */
  readonly sharedFolders?: readonly SharedFolder[] | undefined
  /** It sees the processes of the host */
  readonly hostPid?: boolean | undefined
  /** It shares the IPC namespace of the host */
  readonly hostIpc?: boolean | undefined
  /** It may open every device of which it has a node */
  readonly allDevices?: boolean | undefined
  /** The folder of the image, an unpacked root, is its root, and what it writes stays */
  readonly writableRoot?: boolean | undefined
}

export interface LaunchRequest {
  /** Part of the id, and the host name in the container */
  readonly name: string
  /** Folder on the host: an OCI image layout (it has a file oci-layout), whose contents are checked by their digests, or an unpacked root. It is never written, unless `foreign` says so */
  readonly image: string
  /** Absent: entry point and command of the image */
  readonly command?: readonly string[] | undefined
  /** Added to that of the image */
  readonly environment?: Readonly<Record<string, string>> | undefined
  /** `user[:group]`, names or numbers; absent: that of the image, else root */
  readonly user?: string | undefined
  readonly workingDirectory?: string | undefined
  /** The component's own folders: seen at the same paths, writable, and given to its user with what is in them */
  readonly folders: readonly string[]
  readonly grants: Grants
  readonly foreign?: ForeignProgram | undefined
}

export interface LaunchResponse {
  readonly id: string
  /** Of its first process, as the host sees it */
  readonly pid: number
}

export interface WaitRequest {
  readonly id: string
}

export interface WaitResponse {
  /** 128 and the signal for a death by signal */
  readonly exitCode: number
  /** When it ended */
  readonly exitedAt: string
}

export interface LogsRequest {
  readonly id: string
}

export interface LogsItem {
  readonly output: 'stdout' | 'stderr'
  /** As it came */
  readonly data: Uint8Array
  /** Bytes that are missing before this record */
  readonly lost?: number | undefined
}

export interface KillRequest {
  readonly id: string
  readonly signal: number
}

export interface RemoveRequest {
  readonly id: string
}

export interface Exit {
  /** 128 and the signal for a death by signal */
  readonly exitCode: number
  /** When it ended */
  readonly exitedAt: string
}

export interface Container {
  readonly id: string
  readonly name: string
  readonly status: 'running' | 'ended' | 'left'
  /** While it runs */
  readonly pid?: number | undefined
  readonly exit?: Exit | undefined
}

export interface ListResponse {
  readonly containers: readonly Container[]
}

/** component.launcher 0.1.0: Starts components in containers of their own, with what they were granted and nothing else. */
export interface Driver {
  /** Starts a container; it runs when the call answers. On error nothing is left. It has no capability but those granted and gets no new privileges, the default filter of system calls, namespaces of its own (pid, ipc, uts, mount, cgroup, and network unless granted), and does not see or write the parts of /proc and /sys that tell of the host. Its standard input is open as long as the launcher lives; what does not end with it is ended. Errors: LAUNCH_IMAGE_INVALID, LAUNCH_GRANT_INVALID, LAUNCH_FAILED, HOST_LACKS, STORAGE_FULL. */
  launch(request: LaunchRequest, call?: Call): Promise<LaunchResponse>

  /** Answers when the container has ended, however long that takes; at once when it has already. Errors: LAUNCH_UNKNOWN. */
  wait(request: WaitRequest, call?: Call): Promise<WaitResponse>

  /** What the container writes: the last 64 KiB of what has come, then all as it comes, until both outputs have ended. A reader that is too slow loses the oldest, and is told how much. Errors: LAUNCH_UNKNOWN. */
  logs(request: LogsRequest, call?: Call): AsyncIterable<LogsItem>

  /** Sends a signal to the first process; with 9 all end. One that has ended is success. Errors: LAUNCH_UNKNOWN, LAUNCH_FAILED. */
  kill(request: KillRequest, call?: Call): Promise<Record<string, never>>

  /** Ends a container if it runs, and removes all that was made for it. An unknown one is success. Errors: LAUNCH_FAILED. */
  remove(request: RemoveRequest, call?: Call): Promise<Record<string, never>>

  /** Every container that was not removed. `left`: of an earlier life, which the sweep at the start could not remove; `remove` tries again. */
  list(request: Record<string, never>, call?: Call): Promise<ListResponse>
}
