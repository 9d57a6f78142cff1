export interface KnownOperation {
  readonly method: string
  readonly pattern: RegExp
  readonly name: string
}

/** Routes of Docker's API and the operations that they stand for. `{ref}` is one part of a path, `{name*}` any. */
const routes = `
GET /_ping system.ping
GET /info system.info
GET /version system.version
GET /events system.events
GET /system/df system.usage
POST /auth system.login
GET /containers/json containers.list
POST /containers/create containers.create
POST /containers/prune containers.prune
GET /containers/{ref}/json containers.inspect
GET /containers/{ref}/top containers.top
GET /containers/{ref}/logs containers.logs
GET /containers/{ref}/changes containers.changes
GET /containers/{ref}/export containers.export
GET /containers/{ref}/stats containers.stats
POST /containers/{ref}/resize containers.resize
POST /containers/{ref}/start containers.start
POST /containers/{ref}/stop containers.stop
POST /containers/{ref}/restart containers.restart
POST /containers/{ref}/kill containers.kill
POST /containers/{ref}/update containers.update
POST /containers/{ref}/rename containers.rename
POST /containers/{ref}/pause containers.pause
POST /containers/{ref}/unpause containers.unpause
POST /containers/{ref}/attach containers.attach
GET /containers/{ref}/attach/ws containers.attach
POST /containers/{ref}/wait containers.wait
DELETE /containers/{ref} containers.remove
HEAD /containers/{ref}/archive containers.statPath
GET /containers/{ref}/archive containers.readArchive
PUT /containers/{ref}/archive containers.writeArchive
POST /containers/{ref}/exec exec.create
POST /exec/{id}/start exec.start
POST /exec/{id}/resize exec.resize
GET /exec/{id}/json exec.inspect
POST /commit containers.commit
GET /images/json images.list
POST /build images.build
POST /build/prune images.pruneBuild
POST /images/create images.pull
POST /images/load images.load
POST /images/prune images.prune
GET /images/search images.search
GET /images/get images.save
GET /images/{name*}/get images.save
GET /images/{name*}/json images.inspect
GET /images/{name*}/history images.history
POST /images/{name*}/push images.push
POST /images/{name*}/tag images.tag
DELETE /images/{name*} images.remove
GET /distribution/{name*}/json distribution.inspect
GET /networks networks.list
POST /networks/create networks.create
POST /networks/prune networks.prune
GET /networks/{ref} networks.inspect
DELETE /networks/{ref} networks.remove
POST /networks/{ref}/connect networks.connect
POST /networks/{ref}/disconnect networks.disconnect
GET /volumes volumes.list
POST /volumes/create volumes.create
POST /volumes/prune volumes.prune
GET /volumes/{name*} volumes.inspect
PUT /volumes/{name*} volumes.update
DELETE /volumes/{name*} volumes.remove
GET /plugins plugins.list
GET /plugins/privileges plugins.privileges
POST /plugins/pull plugins.pull
POST /plugins/create plugins.create
GET /plugins/{name*}/json plugins.inspect
POST /plugins/{name*}/enable plugins.enable
POST /plugins/{name*}/disable plugins.disable
POST /plugins/{name*}/upgrade plugins.upgrade
POST /plugins/{name*}/set plugins.set
POST /plugins/{name*}/push plugins.push
DELETE /plugins/{name*} plugins.remove
`

export const operations: readonly KnownOperation[] = routes
  .trim()
  .split('\n')
  .map((line) => {
    const [method = '', path = '', name = ''] = line.split(' ')
    const pattern = path
      .replace(/[.]/g, '\\.')
      .replace(/\{(\w+)\*\}/g, '(?<$1>.+)')
      .replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')
    return { method, pattern: new RegExp(`^${pattern}$`), name }
  })
