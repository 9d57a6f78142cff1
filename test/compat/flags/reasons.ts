/** Why a difference stays. */
export interface Reason {
  /** Cases by their line, without `docker`. */
  readonly of: RegExp
  /** Places in the answer: `.stdout`, `.inspect.HostConfig.SecurityOpt`. */
  readonly at: RegExp
  readonly why: string
}

const any = /^/

/** An entry that explains nothing any more makes a whole run fail. */
export const reasons: readonly Reason[] = [
  {
    of: /^create --volume-driver nope/,
    at: /^\.stderr$/,
    why: 'That there is no such driver is told at once; what dockerd answers makes the client pull the image first.',
  },
  {
    of: /^images --tree/,
    at: /^\.stdout$/,
    why: 'The manifests of an image are kept and its platforms shown, as by dockerd with the image store of containerd.',
  },
  {
    of: /^system df$/,
    at: /^\.stdout$/,
    why: 'What the builder keeps is told as build cache; dockerd counts the steps of its classic builder as images.',
  },
  {
    of: /^(run|create) --storage-opt/,
    at: /^\.stderr$/,
    why: 'The same refusal; it names what the writable layer lacks here.',
  },
  {
    of: /^search \{registry|^pull .*private$/,
    at: /^\.stderr$/,
    why: 'What a registry refuses or cannot do is told with its name and a remedy.',
  },
  {
    of: /^(plugin create --compress|load$)/,
    at: /^\.stderr$/,
    why: 'The same refusal; it tells where the archive ends.',
  },
  {
    of: /^plugin enable --timeout/,
    at: /^\.stderr$/,
    why: 'The same words of the runtime; those in front name the plugin.',
  },
  {
    of: /^info$/,
    at: /^\.stdout$/,
    why: 'Containers always outlive the engine here.',
  },
  {
    of: /^system info$/,
    at: /^\.stdout$/,
    why: 'Another engine has another version.',
  },
  {
    of: /^swarm init /,
    at: any,
    why: 'There is no swarm here, and that is said.',
  },
]
