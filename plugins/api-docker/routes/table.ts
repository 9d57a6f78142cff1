import type { Route } from '../server/route.ts'
import { buildRoute } from './build/build.ts'
import { cancelRoute } from './build/cancel.ts'
import { pruneBuildCache } from './build/prune.ts'
import { getArchive, putArchive, statArchive } from './containers/archive/archive.ts'
import { attachContainer } from './containers/attach.ts'
import { attachContainerByWebSocket } from './containers/attach-web-socket.ts'
import { containerChanges } from './containers/changes.ts'
import type { BuildkitEnd } from '../buildkit/buildkit-end.ts'
import { buildkitRoutes } from './buildkit/routes.ts'
import { checkpointRoutes } from './containers/checkpoints.ts'
import { commitContainer } from './containers/commit.ts'
import { createContainer } from './containers/create.ts'
import { exportContainer } from './containers/export.ts'
import { inspectContainer } from './containers/inspect.ts'
import { killContainer } from './containers/kill.ts'
import { listContainers } from './containers/list.ts'
import { containerLogs } from './containers/logs.ts'
import { pauseContainer, unpauseContainer } from './containers/pause.ts'
import { pruneContainers } from './containers/prune.ts'
import { removeContainer } from './containers/remove.ts'
import { renameContainer } from './containers/rename.ts'
import { resizeContainer } from './containers/resize.ts'
import { startContainer } from './containers/start.ts'
import { containerStats } from './containers/stats.ts'
import { restartContainer, stopContainer } from './containers/stop.ts'
import { topContainer } from './containers/top.ts'
import { updateContainer } from './containers/update.ts'
import { waitContainer } from './containers/wait.ts'
import { createExec } from './exec/create.ts'
import { inspectExec } from './exec/inspect.ts'
import { resizeExec } from './exec/resize.ts'
import { startExec } from './exec/start.ts'
import { createImage } from './images/create.ts'
import { imageHistory, inspectImage } from './images/inspect.ts'
import { listImages } from './images/list.ts'
import { loadImages } from './images/load.ts'
import { pruneImages } from './images/prune.ts'
import { pushImage } from './images/push.ts'
import { removeImage } from './images/remove.ts'
import { saveImage, saveImages } from './images/save.ts'
import { tagImage } from './images/tag.ts'
import { connectNetwork, disconnectNetwork } from './networks/connect.ts'
import { createNetwork } from './networks/create.ts'
import { inspectNetwork } from './networks/inspect.ts'
import { listNetworks, listNetworksSlash } from './networks/list.ts'
import { pruneNetworks, removeNetwork } from './networks/remove.ts'
import { inspectPlugin, listPlugins } from './plugins/list.ts'
import { disablePlugin, enablePlugin, removePlugin, setPlugin } from './plugins/manage.ts'
import { createPlugin, pluginPrivileges, pullPlugin, pushPlugin, upgradePlugin } from './plugins/packages.ts'
import { authenticate } from './registry/auth.ts'
import { inspectDistribution } from './registry/distribution.ts'
import { searchImages } from './registry/search.ts'
import { swarmRoutes } from './swarm/routes.ts'
import { diskUsage } from './system/disk-usage.ts'
import { eventLoop } from './system/event-loop.ts'
import { events } from './system/events.ts'
import { openApi } from './system/openapi.ts'
import { infoRoute } from './system/info.ts'
import { pingRoutes } from './system/ping.ts'
import { version } from './system/version.ts'
import { createVolume } from './volumes/create.ts'
import { inspectVolume } from './volumes/inspect.ts'
import { listVolumes } from './volumes/list.ts'
import { pruneVolumes, removeVolume } from './volumes/remove.ts'
import { updateVolume } from './volumes/update.ts'

/** Every route of the API. Where two fit, the first wins: fixed paths stand before those with variables. */
export function routeTable(facts: {
  authorizers: () => readonly string[]
  /** Who answers clients of BuildKit. */
  buildkit: BuildkitEnd
  /** Whether there is anybody who builds. */
  builds: () => boolean
}): readonly Route[] {
  return [
    ...pingRoutes(() => (facts.builds() ? '2' : '1')),
    ...buildkitRoutes(facts.buildkit),
    version,
    openApi,
    infoRoute(facts.authorizers),
    events,
    eventLoop,
    diskUsage,
    listContainers,
    createContainer,
    pruneContainers,
    ...checkpointRoutes,
    inspectContainer,
    topContainer,
    containerLogs,
    containerStats,
    containerChanges,
    startContainer,
    stopContainer,
    restartContainer,
    killContainer,
    waitContainer,
    attachContainer,
    attachContainerByWebSocket,
    resizeContainer,
    renameContainer,
    pauseContainer,
    unpauseContainer,
    updateContainer,
    commitContainer,
    exportContainer,
    removeContainer,
    createExec,
    startExec,
    resizeExec,
    inspectExec,
    buildRoute(facts.buildkit),
    pruneBuildCache,
    listImages,
    loadImages,
    saveImages,
    saveImage,
    createImage,
    searchImages,
    pushImage,
    authenticate,
    inspectDistribution,
    pruneImages,
    inspectImage,
    imageHistory,
    tagImage,
    listNetworks,
    listNetworksSlash,
    createNetwork,
    pruneNetworks,
    connectNetwork,
    disconnectNetwork,
    inspectNetwork,
    removeNetwork,
    listVolumes,
    createVolume,
    pruneVolumes,
    inspectVolume,
    removeVolume,
    listPlugins,
    pluginPrivileges,
    pullPlugin,
    createPlugin,
    inspectPlugin,
    enablePlugin,
    disablePlugin,
    setPlugin,
    upgradePlugin,
    pushPlugin,
    removePlugin,
    ...swarmRoutes,
    updateVolume,
    cancelRoute(facts.buildkit),
    statArchive,
    getArchive,
    putArchive,
    removeImage,
  ]
}
