import type { CommandEntry } from './command.ts'

const assembly = {
  assembly: { value: 'FILE', summary: 'Manifest; default ./moby.yaml if there is one, else Moby Origin' },
}
const dataRoot = {
  'data-root': { value: 'DIR', summary: 'State of the engine; default /var/lib/moby-origin (run files: DIR/run)' },
}
const pluginDir = {
  'plugin-dir': { value: 'DIR[:DIR]', summary: "Where Docker's plugins are looked for; default $MOBY_PLUGIN_DIR" },
}
const log = {
  'log-file': { value: 'FILE', summary: 'Where the log goes; default standard error' },
  'log-level': { value: 'LEVEL', summary: 'debug, info, warn or error; default info' },
  'log-format': { value: 'FORMAT', summary: 'json or text; default json, and lines for a reader on a terminal' },
}
const configFile = {
  'config-file': { value: 'FILE', summary: 'A daemon.json of dockerd, laid over the manifest; none is read unasked' },
}

/** Every command, in the order of `moby help`. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  init: {
    summary: 'write a manifest to begin with: the default assembly',
    usage: '[FILE]',
    options: {},
    optionalPositionals: ['FILE'],
    load: () => import('./commands/init.ts'),
  },
  lock: {
    summary: 'choose versions and write the lock',
    usage: '[--assembly FILE]',
    options: assembly,
    load: () => import('./commands/lock.ts'),
  },
  verify: {
    summary: 'compare manifest, lock and the files of every component',
    usage: '[--assembly FILE]',
    options: assembly,
    load: () => import('./commands/verify.ts'),
  },
  up: {
    summary: 'run the assembly in the foreground',
    usage: '[--assembly FILE] [--config-file FILE] [--data-root DIR] [--host ADDRESS]... [--stop-containers]',
    options: {
      ...assembly,
      ...dataRoot,
      ...configFile,
      host: {
        value: 'ADDRESS',
        summary: 'Where the front-end listens: unix://PATH, tcp://ADDRESS:PORT, fd://; may be repeated',
      },
      ...pluginDir,
      'metrics-addr': { value: 'ADDRESS:PORT', summary: 'Where metrics are served for Prometheus; default nowhere' },
      pidfile: { value: 'FILE', summary: 'Where the number of the process is written' },
      'stop-containers': { summary: 'At the end stop the containers too, and leave nothing on the host' },
      ...log,
    },
    load: () => import('./commands/up.ts'),
  },
  config: {
    summary: 'tell what the keys of a daemon.json become, and start nothing',
    usage: '[--assembly FILE] --config-file FILE [--json]',
    options: { ...assembly, ...configFile, json: { summary: 'Tells it as JSON' } },
    load: () => import('./commands/config.ts'),
  },
  systemd: {
    summary: 'print the units that run the engine under systemd, or write them',
    usage: '[--write DIR] [--socket PATH] [--group NAME] [--assembly FILE] [--config-file FILE] [--data-root DIR]',
    options: {
      write: { value: 'DIR', summary: 'Writes the files into this folder: /etc/systemd/system' },
      socket: { value: 'PATH', summary: 'Socket of the API; default /run/moby-origin/docker.sock' },
      group: { value: 'NAME', summary: 'Members of this group may use it; default docker' },
      'systemd-version': { value: 'NUMBER', summary: 'Version that the units are for; default that of this host' },
      ...assembly,
      ...configFile,
      ...dataRoot,
    },
    load: () => import('./commands/systemd.ts'),
  },
  down: {
    summary: 'end the containers of an engine that is not running, and leave nothing on the host',
    usage: '[--assembly FILE] [--data-root DIR] [--plugin-dir DIR[:DIR]]',
    options: { ...assembly, ...dataRoot, ...pluginDir, ...log },
    load: () => import('./commands/down.ts'),
  },
  'serve-docker-plugin': {
    summary: "offer components to Docker's engine as a plugin of its own kind",
    usage: '[--assembly FILE] [--data-root DIR] --socket PATH COMPONENT...',
    options: {
      ...assembly,
      socket: {
        value: 'PATH',
        summary: 'Socket of the plugin; Docker knows it by the name: /run/docker/plugins/NAME.sock',
      },
      'data-root': { value: 'DIR', summary: 'State of the components; default /var/lib/moby-docker-plugin' },
      ...log,
    },
    positionals: ['COMPONENT'],
    repeats: true,
    load: () => import('./commands/serve-docker-plugin.ts'),
  },
  ls: {
    summary: 'list the locked components',
    usage: '[--assembly FILE]',
    options: assembly,
    load: () => import('./commands/ls.ts'),
  },
  status: {
    summary: 'show how the components of a running engine are; status 1 when one is not ready',
    usage: '[--data-root DIR]',
    options: dataRoot,
    load: () => import('./commands/status.ts'),
  },
  retry: {
    summary: 'start a component that is away now, however often it ended',
    usage: '[--data-root DIR] NAME',
    options: dataRoot,
    positionals: ['NAME'],
    load: () => import('./commands/retry.ts'),
  },
  apply: {
    summary: 'change a running engine to what a manifest and its lock say, without a stop',
    usage: '[--assembly FILE] [--plan] [--json] [--data-root DIR]',
    options: {
      assembly: { value: 'FILE', summary: 'Manifest; default the one that the engine was started with' },
      plan: { summary: 'Tells what would be done, and does nothing' },
      json: { summary: 'Tells it as JSON' },
      ...dataRoot,
    },
    load: () => import('./commands/apply.ts'),
  },
  rollback: {
    summary: 'change a running engine back to an earlier generation',
    usage: '[--to NUMBER] [--data-root DIR]',
    options: { to: { value: 'NUMBER', summary: 'Generation; default the one before' }, ...dataRoot },
    load: () => import('./commands/rollback.ts'),
  },
  generations: {
    summary: 'list the generations of a running engine',
    usage: '[--data-root DIR]',
    options: dataRoot,
    load: () => import('./commands/generations.ts'),
  },
  graph: {
    summary: 'show who needs whom, by contract, in the order of the start',
    usage: '[--assembly FILE]',
    options: assembly,
    load: () => import('./commands/graph.ts'),
  },
  explain: {
    summary: 'tell why a component has its version, and who asked for it',
    usage: '[--assembly FILE] NAME',
    options: assembly,
    positionals: ['NAME'],
    load: () => import('./commands/explain.ts'),
  },
  'why-not': {
    summary: 'tell why a component does not have a version',
    usage: '[--assembly FILE] NAME@VERSION',
    options: assembly,
    positionals: ['NAME@VERSION'],
    load: () => import('./commands/why-not.ts'),
  },
  new: {
    summary: 'begin a component: a small whole driver with tests',
    usage: 'KIND [--lang LANGUAGE] [--name SCOPE/NAME] [PATH]',
    options: {
      lang: { value: 'LANGUAGE', summary: 'ts, python or go; default ts' },
      name: { value: 'SCOPE/NAME', summary: 'Name of the component; default mine/ and the name of the folder' },
    },
    positionals: ['KIND'],
    optionalPositionals: ['PATH'],
    load: () => import('./commands/new.ts'),
  },
  conform: {
    summary: 'hold a component against the promises of its contracts',
    usage: '[PATH] [--mode MODE] [--case ID]... [--fixture NAME=VALUE]... [--json FILE] [--junit FILE]',
    options: {
      mode: {
        value: 'MODE',
        summary: 'process, container or module; default the first of them that the component offers',
      },
      case: { value: 'ID', summary: 'Only this case, or the cases of this contract; may be repeated' },
      fixture: { value: 'NAME=VALUE', summary: 'Gives what cases need (VALUE in YAML, absent: true); may be repeated' },
      config: { value: 'YAML', summary: 'Configuration of the component: {key: value}' },
      with: { value: 'FOLDER', summary: 'A component that provides what this one requires; may be repeated' },
      timeout: { value: 'SECONDS', summary: 'How long a case may take; default 120' },
      json: { value: 'FILE', summary: 'Writes the report as JSON' },
      junit: { value: 'FILE', summary: 'Writes the report as JUnit XML' },
      list: { summary: 'Lists the cases and what they need, and runs none' },
      keep: { summary: 'Leaves the folders in which the component ran' },
    },
    optionalPositionals: ['PATH'],
    load: () => import('./commands/conform.ts'),
  },
  doctor: {
    summary: 'tell what this host lacks, and the remedy',
    usage: '[--data-root DIR]',
    options: dataRoot,
    load: () => import('./commands/doctor.ts'),
  },
  completion: {
    summary: 'print the completion of this command for a shell',
    usage: 'SHELL',
    options: {},
    positionals: ['SHELL'],
    choices: ['bash', 'zsh', 'fish'],
    load: () => import('./commands/completion.ts'),
  },
  man: {
    summary: 'print a manual page of this command, or write all of them',
    usage: '[COMMAND] [--write DIR]',
    options: { write: { value: 'DIR', summary: 'Writes every page into this folder: /usr/share/man/man8' } },
    optionalPositionals: ['COMMAND'],
    load: () => import('./commands/man.ts'),
  },
  version: {
    summary: 'tell the version',
    usage: '',
    options: {},
    load: () => import('./commands/version.ts'),
  },
  help: {
    summary: 'tell about moby, or about a command',
    usage: '[COMMAND]',
    options: {},
    optionalPositionals: ['COMMAND'],
    load: () => import('./commands/help.ts'),
  },
}
