/** A difference that stays, by the place where it is seen: `script/name.path.of.key`. */
interface Accepted {
  readonly at: RegExp
  readonly reason: string
  /** Narrows it to certain answers; in a replay these are types. */
  readonly when?: (dockerd: unknown, moby: unknown) => boolean
}

const isClientError = (status: unknown) => typeof status === 'number' && status >= 400 && status < 500
const isText = (value: unknown) => typeof value === 'string'

const accepted: readonly Accepted[] = [
  // Errors
  {
    at: /^error-answers\/.*\.status$/,
    when: (dockerd, moby) => dockerd === 500 && isClientError(moby),
    reason: 'dockerd answers 500 to this mistake of the caller; here it is told as one.',
  },
  {
    at: /^error-answers\/(create a network on a taken subnet|connect twice|connect to the host|create a network in the swarm)\.status$/,
    when: (dockerd, moby) => isClientError(dockerd) && isClientError(moby),
    reason: 'A refusal of the same class; the number says why: a conflict is 409, what is never allowed 403.',
  },
  {
    at: /^error-answers\/create (with a bad (port|protocol|host address|user name space|log size|weight)|with a sysctl of the host|a network by a bad name)\./,
    reason: 'dockerd creates it and fails, or does something else, at the start; here it is refused at once.',
  },
  {
    at: /^error-answers\/events by a bad filter\./,
    reason: 'dockerd passes a filter over that it does not know; here every list refuses it.',
  },
  {
    at: /^error-answers\/load of what is no archive\./,
    reason: 'dockerd answers 200 and tells the error in the body; the client ends with the same exit code.',
  },
  {
    at: /^error-answers\/attach to /,
    reason:
      'dockerd answers an error of attach in plain text with the type of a stream; here it is JSON as everywhere.',
  },
  {
    at: /^error-answers\/.*\.body$/,
    when: (dockerd, moby) => isText(dockerd) && isText(moby),
    reason: 'The same refusal in words that name object and cause, without those of the Go libraries.',
  },
  // Managed plugins
  {
    at: /^plugins\/.*\.status$/,
    when: (dockerd, moby) => dockerd === 500 && isClientError(moby),
    reason: 'dockerd answers 500 to this mistake of the caller; here it is told as one.',
  },
  {
    at: /^plugins\/create without files\./,
    reason: 'dockerd makes a plugin that has no file to run; here it is refused.',
  },
  {
    at: /^plugins\/create with a broken config\.body/,
    reason: 'The same refusal; what is wrong with the JSON is told in the words of another reader.',
  },
  {
    at: /^plugins\/.*Config\.DockerVersion$/,
    reason: 'The version of the engine that made the plugin, and this is another engine.',
  },
  {
    at: /^plugin-life\/info /,
    reason: 'dockerd lists its own volume drivers alone; here those of managed plugins are listed beside them.',
  },
  // Drivers
  {
    at: /\.(Driver|GraphDriver\.Name)$/,
    when: (dockerd) => dockerd === 'overlay2',
    reason: 'The component has another name, since its files are laid out in another way.',
  },
  {
    at: /\.GraphDriver\.Data(\.|$)/,
    reason: 'Where layers lie is a matter between the engine and the driver, and no promise to clients.',
  },
  {
    at: /\.(Size|SizeRootFs|VirtualSize)$/,
    when: (dockerd, moby) => typeof dockerd === 'number' && typeof moby === 'number',
    reason: 'dockerd counts the text of symbolic links.',
  },
  {
    at: /^(lists\/(networks\.bridge|inspect network bridge\.body)\.Options)/,
    reason: 'The options of the default network are defaults, and its bridge has a name for each data root.',
  },
  // Inspection
  {
    at: /^container-answers\/inspect (exited|killed)\.body\.NetworkSettings\.Networks\.bridge\.DNSNames(\[\d\])?$/,
    reason: 'The default network has no names; dockerd shows some after the first run.',
  },
  {
    at: /^container-answers\/inspect failed\.body\.(ResolvConf|Hostname|Hosts)Path$/,
    reason: 'The files belong to a run, and there was none.',
  },
  {
    at: /^container-answers\/(start of no program\.body\.message|inspect failed\.body\.State\.Error|start on a taken port\.body\.message)$/,
    when: (dockerd, moby) => isText(dockerd) && isText(moby),
    reason: 'The words of the runtime are the same; those in front name the container.',
  },
  {
    at: /^lists\/(version\.body\.Components|info\.body\.(Runtimes|RegistryConfig|Containerd|FirewallBackend))/,
    reason: 'Other parts: no containerd, no Go and no registry client; every component is listed.',
  },
  {
    at: /^lists\/images with all\.body\[0\]\.SharedSize$/,
    reason: 'Shared sizes are not computed; -1 is what Docker writes for that.',
  },
  {
    at: /^lists\/inspect an image\.body\.Metadata\.LastTagTime$/,
    reason: 'A load names an image too, and the time of that is told.',
  },
  { at: /^lists\/stats at once\.body\.(name|id)$/, reason: 'Two keys more than dockerd, which forgets them here.' },
  {
    at: /^lists\/(disk usage\.body\.Volumes|prune volumes\.VolumesDeleted)/,
    reason: 'dockerd passes volumes with mount options over.',
  },
  { at: /^lists\/disk usage\.body\.Images/, reason: 'An empty list where dockerd writes null.' },
  {
    at: /^lists\/prune containers\.body\.ContainersDeleted$/,
    reason: 'An empty list where dockerd writes null.',
  },
  { at: /^lists\/inspect an exec after\.body\.Pid$/, reason: 'What has ended has no process.' },
  {
    at: /^lists\/start an exec twice\./,
    reason: 'dockerd tells this error as output of the exec; here it is an error, 409.',
  },
  {
    at: /^container-answers\/start on a taken port\.status$/,
    reason: 'A port that is taken is a conflict, 409, and no fault of the engine.',
  },
  // Events
  {
    at: /^events\/container events(\[\d+\])?$/,
    reason: 'In dockerd the end of a container and the end of its stop race; here die comes first.',
  },
  {
    at: /^events\/network events$/,
    reason: 'dockerd tells a disconnect twice when a container with a network starts and fails.',
  },
  // The command line
  {
    at: /^command-line\/.*\.(stderr|stdout)$/,
    when: (dockerd, moby) => isText(dockerd) && isText(moby) && isRefusal(dockerd) && isRefusal(moby),
    reason: 'The same refusal with the same exit code, in words that name object and cause.',
  },
  {
    at: /^command-line\/run --rm --(init|security-opt apparmor=nope) /,
    reason: 'The host of the comparison lacks it, and that is said; dockerd passes it over or brings its own program.',
  },
  // Inside
  {
    at: /^inside\/.*: mounts\.(\/ |\/proc\/acpi|\/proc\/scsi|\/sys\/firmware|\/sys ro|\/sys\/devices)/,
    reason: 'Options of the overlay and of the empty folders over masked paths, which runc 1.1 and 1.3 write apart.',
  },
  { at: /^inside\/.*: what \/proc hides\./, reason: 'The same: an empty read-only tmpfs, with other limits.' },
  { at: /^inside\/.*: resolv\.conf\.(#.*|)$/, reason: 'dockerd writes comments into the file.' },
  {
    at: /^inside\/with init/,
    reason: 'The host of the comparison has no init program for containers, and that is said.',
  },
  // The runtime's configuration
  {
    at: /^runtime-config\/.*: process\.(env|terminal|noNewPrivileges|oomScoreAdj)/,
    reason: 'HOME is set by the engine and not by the runtime; false instead of absent.',
  },
  {
    at: /^runtime-config\/.*: mounts\..*\.options$/,
    reason: 'The option rw is written out.',
  },
  {
    at: /^runtime-config\/.*: linux\.(devices|maskedPaths|readonlyPaths|resources\.(memory|blockIO|devices|pids|cpu))/,
    reason: 'Empty instead of absent, and device rules in another order; the effect is compared inside.',
  },
  {
    at: /^runtime-config\/.*: seccomp\.calls\.socket$/,
    reason: 'Sockets of the kernel crypto API (AF_ALG) are refused as well: a smaller surface.',
  },
  {
    at: /^runtime-config\/.*: seccomp\.calls\.clone/,
    reason: 'The same rule; the second value of the comparison is written out as 0.',
  },
  {
    at: /^system-calls\/.*\.call 4(5[7-9]|6\d)$/,
    when: (_dockerd, moby) => moby === '38',
    reason: 'The libseccomp of the runtime does not know the newest calls: they are not there.',
  },
  {
    at: /^inside\/in namespaces of the host: mounts\./,
    reason: 'The shared memory of the host is mounted without programs, devices and setuid.',
  },
  {
    at: /^system-calls\/.*\.socket 38$/,
    reason: 'Sockets of the kernel crypto API (AF_ALG) are refused as well: a smaller surface.',
  },
]

/** Why this difference is accepted, undefined when it is not. */
export function acceptedReason(place: string, dockerd: unknown, moby: unknown): string | undefined {
  return accepted.find(({ at, when }) => at.test(place) && (when === undefined || when(dockerd, moby)))?.reason
}

function isRefusal(text: unknown): boolean {
  return /Error|error|failed|not found|No such|unable|invalid/.test(String(text))
}
