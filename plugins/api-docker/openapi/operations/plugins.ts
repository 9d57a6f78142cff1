import { pluginFilters } from '../../schemas/filters.ts'
import { Plugin, PluginPrivilege } from '../answers/plugin.ts'
import { ProgressLine } from '../answers/image.ts'
import { list, orNull, texts } from '../answers/schema.ts'
import { Privileges } from '../../schemas/plugin.ts'
import { answer, done, flagOf, integerOf, lines, textOf, type Operations } from '../operation.ts'

const progress = lines(ProgressLine, 'Progress; what fails after the first line is told in the last')

export const pluginOperations: Operations = {
  'GET /plugins': {
    id: 'PluginList',
    summary: 'Lists managed plugins',
    filters: pluginFilters,
    answers: { 200: answer(list(Plugin), 'Plugins') },
  },
  'GET /plugins/privileges': {
    id: 'GetPluginPrivileges',
    summary: 'Tells what a plugin asks to be allowed',
    query: { remote: textOf('Its name at a registry') },
    answers: {
      200: answer(
        orNull(list(PluginPrivilege)),
        'Null for nothing, and an empty list where the registry does not tell',
      ),
    },
  },
  'POST /plugins/pull': {
    id: 'PluginPull',
    summary: 'Installs a plugin',
    query: { remote: textOf('Its name at a registry'), name: textOf('Its name here') },
    body: Privileges.schema,
    answers: { 200: progress },
  },
  'POST /plugins/create': {
    id: 'PluginCreate',
    summary: 'Makes a plugin of a folder with config.json and rootfs',
    query: { name: textOf('Its name') },
    body: 'application/x-tar',
    answers: { 204: done('Made') },
  },
  'GET /plugins/{name}/json': {
    id: 'PluginInspect',
    summary: 'Tells all about a plugin',
    answers: { 200: answer(Plugin, 'The plugin') },
  },
  'POST /plugins/{name}/enable': {
    id: 'PluginEnable',
    summary: 'Starts a plugin',
    query: { timeout: integerOf('Seconds for its answers; 0 leaves the times as they are') },
    answers: { 200: done('Started') },
  },
  'POST /plugins/{name}/disable': {
    id: 'PluginDisable',
    summary: 'Stops a plugin',
    query: { force: flagOf('Although it is in use') },
    answers: { 200: done('Stopped') },
  },
  'POST /plugins/{name}/set': {
    id: 'PluginSet',
    summary: 'Changes settings of a plugin that is stopped',
    body: texts,
    answers: { 204: done('Changed') },
  },
  'POST /plugins/{name}/upgrade': {
    id: 'PluginUpgrade',
    summary: 'Takes another version of a plugin that is stopped',
    query: { remote: textOf('Its name at a registry') },
    body: Privileges.schema,
    answers: { 200: progress },
  },
  'POST /plugins/{name}/push': {
    id: 'PluginPush',
    summary: 'Pushes a plugin to its registry',
    answers: { 200: progress },
  },
  'DELETE /plugins/{name}': {
    id: 'PluginDelete',
    summary: 'Removes a plugin',
    query: { force: flagOf('Stops it first') },
    answers: { 200: done('Removed') },
  },
}
