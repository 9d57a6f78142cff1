/** Keys that `filters` may have, by operation: others are refused. What has no use here and is known to Docker, too. */

export const containerFilters = [
  'ancestor',
  'before',
  'exited',
  'expose',
  'health',
  'id',
  'is-task',
  'isolation',
  'label',
  'name',
  'network',
  'publish',
  'since',
  'status',
  'volume',
]

export const eventFilters = [
  'config',
  'container',
  'daemon',
  'event',
  'image',
  'label',
  'network',
  'node',
  'plugin',
  'scope',
  'secret',
  'service',
  'type',
  'volume',
]

export const imageFilters = ['before', 'dangling', 'label', 'reference', 'since', 'until']
export const networkFilters = ['dangling', 'driver', 'id', 'label', 'name', 'scope', 'type']
export const pluginFilters = ['capability', 'enabled']
export const searchFilters = ['is-automated', 'is-official', 'stars']
export const volumeFilters = ['dangling', 'driver', 'label', 'name']

/** Filters that every prune knows. */
export const pruneFilters = ['until', 'label', 'label!']
export const buildPruneFilters = ['id', 'until', 'unused-for', 'label', 'label!']
export const imagePruneFilters = [...pruneFilters, 'dangling']
export const volumePruneFilters = ['all', 'label', 'label!']
