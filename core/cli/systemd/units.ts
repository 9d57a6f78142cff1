/** What the units of an engine are made of. */
export interface UnitFacts {
  /** Path of the command `moby`. */
  readonly moby: string
  /** Words after `moby up`. */
  readonly args: readonly string[]
  /** Path of the socket of the API. */
  readonly socket: string
  /** Group whose members may use it. */
  readonly group: string
  /** Version of the service manager that the units are for. */
  readonly systemd: number
}

/** Since this version a service can have a manager wait for the end of a reload. */
const notifyReload = 253

/** The units by file name. The socket is the manager's: it is there before the engine, and while that starts again. */
export function makeUnits(facts: UnitFacts): Readonly<Record<string, string>> {
  return { 'moby-origin.socket': socketUnit(facts), 'moby-origin.service': serviceUnit(facts) }
}

function socketUnit({ socket, group }: UnitFacts): string {
  return `[Unit]
Description=Socket of Moby Origin

[Socket]
ListenStream=${socket}
SocketMode=0660
SocketUser=root
SocketGroup=${group}

[Install]
WantedBy=sockets.target
`
}

function serviceUnit({ moby, args, systemd }: UnitFacts): string {
  const reload = systemd >= notifyReload ? 'Type=notify-reload' : 'Type=notify\nExecReload=/bin/kill -s HUP $MAINPID'
  const command = [moby, 'up', '--host', 'fd://', ...args].map(quote).join(' ')
  return `[Unit]
Description=Moby Origin, a container engine
Wants=network-online.target
After=network-online.target nftables.service iptables.service firewalld.service time-set.target
Requires=moby-origin.socket
# At most three starts a minute: what fails then needs a reader.
StartLimitIntervalSec=60
StartLimitBurst=3

[Service]
${reload}
# Readiness is told by systemd-notify, a process of its own.
NotifyAccess=all
ExecStart=${command}
TimeoutStartSec=0
TimeoutStopSec=120
Restart=always
RestartSec=2
WatchdogSec=60
# Containers go on without the engine: their processes are in cgroups of their own, and what watches them is not ended.
KillMode=process
Delegate=yes
OOMScoreAdjust=-500
LimitNOFILE=infinity
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity

[Install]
WantedBy=multi-user.target
`
}

/** A word as the manager reads it: specifiers and variables are written twice, systemd.service(5). */
function quote(word: string): string {
  const plain = word.replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /^[\w/.:=,@%$+-]+$/.test(plain) ? plain : `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
