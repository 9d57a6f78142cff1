import { containerFilters, pruneFilters } from '../../schemas/filters.ts'
import { CreateContainer } from '../../schemas/create-container.ts'
import { UpdateConfig } from '../../schemas/resources.ts'
import { Config } from '../../schemas/config.ts'
import {
  Change,
  ContainerCreated,
  ContainerInspect,
  ContainersPruned,
  ContainerSummary,
  ContainerTop,
  ContainerUpdated,
  ContainerWait,
  IdAnswer,
} from '../answers/container.ts'
import { list, orNull } from '../answers/schema.ts'
import { ContainerStats } from '../answers/stats.ts'
import {
  answer,
  done,
  flagOf,
  integerOf,
  lines,
  output,
  raw,
  terminalSize,
  textOf,
  textsOf,
  type Operations,
} from '../operation.ts'

const detachKeys = textOf('Keys that leave the container running and end the connection, as `ctrl-p,ctrl-q`')
const stopQuery = {
  t: integerOf('Seconds to wait before it is killed; 0 kills at once, -1 waits without end'),
  signal: textOf('Signal in place of the one of the container', 42),
}
const attachQuery = {
  logs: flagOf('What was put out before'),
  stream: flagOf('What is put out from now on'),
  stdin: flagOf('Takes input'),
  stdout: flagOf('Gives output'),
  stderr: flagOf('Gives errors'),
  detachKeys,
}

export const containerOperations: Operations = {
  'GET /containers/json': {
    id: 'ContainerList',
    summary: 'Lists containers',
    query: {
      all: flagOf('Those that are not running, too'),
      limit: integerOf('The newest ones, this many, running or not'),
      size: flagOf('With the sizes of their files'),
      before: textOf('Those created before this one'),
      since: textOf('Those created after this one'),
    },
    filters: containerFilters,
    answers: { 200: answer(list(ContainerSummary), 'Newest first') },
  },
  'POST /containers/create': {
    id: 'ContainerCreate',
    summary: 'Creates a container',
    query: { name: textOf('Name; one is made up without it'), platform: textOf('`os/arch[/variant]`', 41) },
    body: CreateContainer.schema,
    answers: { 201: answer(ContainerCreated, 'Created') },
  },
  'GET /containers/{name}/json': {
    id: 'ContainerInspect',
    summary: 'Tells all about a container',
    query: { size: flagOf('With the sizes of its files') },
    answers: { 200: answer(ContainerInspect, 'The container') },
  },
  'GET /containers/{name}/top': {
    id: 'ContainerTop',
    summary: 'Lists the processes of a container',
    query: { ps_args: textOf('Arguments of ps on the host; `-ef` without them') },
    answers: { 200: answer(ContainerTop, 'Columns and rows') },
  },
  'GET /containers/{name}/logs': {
    id: 'ContainerLogs',
    summary: 'Reads what a container has put out',
    query: {
      follow: flagOf('Goes on until the container ends'),
      stdout: flagOf('Its output'),
      stderr: flagOf('Its errors'),
      since: textOf('From this moment on: RFC 3339, a duration back from now, or seconds with a fraction'),
      until: textOf('Up to this moment'),
      timestamps: flagOf('The time in front of each line'),
      tail: textOf('This many lines from the end, or `all`'),
      details: flagOf('Labels and variables that the log options name in front of each line'),
    },
    answers: { 200: output },
  },
  'GET /containers/{name}/stats': {
    id: 'ContainerStats',
    summary: 'Tells what a container uses of the host',
    query: {
      stream: flagOf('A reading each second, true without it'),
      'one-shot': flagOf('One reading at once, with no earlier one to compare with', 41),
    },
    answers: { 200: lines(ContainerStats, 'Readings') },
  },
  'GET /containers/{name}/changes': {
    id: 'ContainerChanges',
    summary: 'Lists the files that differ from those of the image',
    answers: { 200: answer(orNull(list(Change)), 'Kinds: 0 modified, 1 added, 2 deleted. Null when nothing differs') },
  },
  'POST /containers/{name}/start': {
    id: 'ContainerStart',
    summary: 'Starts a container',
    query: { checkpoint: textOf('Refused: there are no checkpoints') },
    answers: { 204: done('Started'), 304: done('It was running already') },
  },
  'POST /containers/{name}/stop': {
    id: 'ContainerStop',
    summary: 'Stops a container: by its signal, and when the time is over by SIGKILL',
    query: stopQuery,
    answers: { 204: done('Stopped'), 304: done('It was not running') },
  },
  'POST /containers/{name}/restart': {
    id: 'ContainerRestart',
    summary: 'Stops and starts a container',
    query: stopQuery,
    answers: { 204: done('Restarted') },
  },
  'POST /containers/{name}/kill': {
    id: 'ContainerKill',
    summary: 'Sends a signal to a container',
    query: { signal: textOf('Name or number; SIGKILL without it') },
    answers: { 204: done('Sent') },
  },
  'POST /containers/{name}/wait': {
    id: 'ContainerWait',
    summary: 'Waits for a container. The head of the answer comes as soon as it waits',
    query: {
      condition: {
        schema: { type: 'string', enum: ['not-running', 'next-exit', 'removed'] },
        description: 'What it waits for; not-running without it',
        since: 30,
      },
    },
    answers: { 200: lines(ContainerWait, 'The exit code') },
  },
  'POST /containers/{name}/attach': {
    id: 'ContainerAttach',
    summary: 'Connects to the input and output of a container',
    query: attachQuery,
    answers: { 101: raw, 200: raw },
  },
  'GET /containers/{name}/attach/ws': {
    id: 'ContainerAttachWebsocket',
    summary: 'Connects to the input and output of a container over a WebSocket',
    query: attachQuery,
    answers: { 101: done('Messages of bytes both ways') },
  },
  'POST /containers/{name}/resize': {
    id: 'ContainerResize',
    summary: 'Tells a container the size of its terminal',
    query: terminalSize,
    answers: { 200: done('Resized') },
  },
  'POST /containers/{name}/rename': {
    id: 'ContainerRename',
    summary: 'Gives a container another name',
    query: { name: textOf('The new name') },
    answers: { 204: done('Renamed') },
  },
  'POST /containers/{name}/pause': {
    id: 'ContainerPause',
    summary: 'Freezes the processes of a container',
    answers: { 204: done('Paused') },
  },
  'POST /containers/{name}/unpause': {
    id: 'ContainerUnpause',
    summary: 'Lets the processes of a container go on',
    answers: { 204: done('Going on') },
  },
  'POST /containers/{name}/update': {
    id: 'ContainerUpdate',
    summary: 'Changes limits and the restart policy of a container',
    body: UpdateConfig.schema,
    answers: { 200: answer(ContainerUpdated, 'Changed') },
  },
  'POST /commit': {
    id: 'ImageCommit',
    summary: 'Makes an image of the files of a container',
    query: {
      container: textOf('Id or name'),
      repo: textOf('Name of the image'),
      tag: textOf('Tag of the image'),
      comment: textOf('For the history'),
      author: textOf('For the history'),
      pause: flagOf('Freezes the container meanwhile, true without it'),
      changes: textsOf('Instructions of a Dockerfile that change the configuration'),
    },
    body: Config.schema,
    answers: { 201: answer(IdAnswer, 'The image') },
  },
  'GET /containers/{name}/export': {
    id: 'ContainerExport',
    summary: 'Packs the files of a container',
    answers: { 200: { bytes: 'application/octet-stream', description: 'A tar archive' } },
  },
  'HEAD /containers/{name}/archive': {
    id: 'ContainerArchiveInfo',
    summary: 'Tells what is at a path in a container',
    query: { path: textOf('The path') },
    answers: { 200: done('X-Docker-Container-Path-Stat: base64 of JSON with name, size, mode, mtime, linkTarget') },
  },
  'GET /containers/{name}/archive': {
    id: 'ContainerArchive',
    summary: 'Packs files of a container',
    query: { path: textOf('The path') },
    answers: { 200: { bytes: 'application/x-tar', description: 'A tar archive; its head tells what is at the path' } },
  },
  'PUT /containers/{name}/archive': {
    id: 'PutContainerArchive',
    summary: 'Unpacks files into a folder of a container',
    query: {
      path: textOf('The folder'),
      noOverwriteDirNonDir: flagOf('A folder is not replaced by a file, nor a file by a folder'),
      copyUIDGID: flagOf('The files belong to the user of the container'),
    },
    body: 'application/x-tar',
    answers: { 200: done('Unpacked') },
  },
  'POST /containers/prune': {
    id: 'ContainerPrune',
    summary: 'Removes containers that are not running',
    filters: pruneFilters,
    answers: { 200: answer(ContainersPruned, 'Removed') },
  },
  'DELETE /containers/{name}': {
    id: 'ContainerDelete',
    summary: 'Removes a container',
    query: {
      v: flagOf('With its anonymous volumes'),
      force: flagOf('Kills it first'),
      link: flagOf('Refused: removes a link and not the container'),
    },
    answers: { 204: done('Removed') },
  },
  'GET /containers/{name}/checkpoints': {
    id: 'CheckpointList',
    summary: 'Refused: checkpoints are not offered',
    answers: {},
  },
  'POST /containers/{name}/checkpoints': {
    id: 'CheckpointCreate',
    summary: 'Refused: checkpoints are not offered',
    answers: {},
  },
  'DELETE /containers/{name}/checkpoints/{checkpoint}': {
    id: 'CheckpointDelete',
    summary: 'Refused: checkpoints are not offered',
    answers: {},
  },
}
