import { networkFilters, pruneFilters, volumeFilters, volumePruneFilters } from '../../schemas/filters.ts'
import { NetworkConnect, NetworkCreate, NetworkDisconnect } from '../../schemas/networking.ts'
import { VolumeCreate } from '../../schemas/volume.ts'
import { Network, NetworkCreated, NetworksPruned, Volume, VolumeList, VolumesPruned } from '../answers/network.ts'
import { list } from '../answers/schema.ts'
import { answer, done, flagOf, textOf, type Operations } from '../operation.ts'

export const networkOperations: Operations = {
  'GET /networks': {
    id: 'NetworkList',
    summary: 'Lists networks',
    filters: networkFilters,
    answers: { 200: answer(list(Network), 'Without their containers') },
  },
  'GET /networks/': {
    id: 'NetworkListSlash',
    summary: 'Lists networks',
    filters: networkFilters,
    answers: { 200: answer(list(Network), 'Without their containers') },
  },
  'POST /networks/create': {
    id: 'NetworkCreate',
    summary: 'Creates a network',
    body: NetworkCreate.schema,
    answers: { 201: answer(NetworkCreated, 'Created') },
  },
  'GET /networks/{id}': {
    id: 'NetworkInspect',
    summary: 'Tells all about a network',
    query: { scope: textOf('Where it must be known: local') },
    answers: { 200: answer(Network, 'The network') },
  },
  'DELETE /networks/{id}': {
    id: 'NetworkDelete',
    summary: 'Removes a network',
    answers: { 204: done('Removed') },
  },
  'POST /networks/{id}/connect': {
    id: 'NetworkConnect',
    summary: 'Connects a container to a network',
    body: NetworkConnect.schema,
    answers: { 200: done('Connected') },
  },
  'POST /networks/{id}/disconnect': {
    id: 'NetworkDisconnect',
    summary: 'Takes a container off a network',
    body: NetworkDisconnect.schema,
    answers: { 200: done('Disconnected') },
  },
  'POST /networks/prune': {
    id: 'NetworkPrune',
    summary: 'Removes networks that nobody uses',
    filters: pruneFilters,
    answers: { 200: answer(NetworksPruned, 'Removed') },
  },
  'GET /volumes': {
    id: 'VolumeList',
    summary: 'Lists volumes',
    filters: volumeFilters,
    answers: { 200: answer(VolumeList, 'Volumes, and drivers that are away') },
  },
  'POST /volumes/create': {
    id: 'VolumeCreate',
    summary: 'Creates a volume; one of that name that is there is success',
    body: VolumeCreate.schema,
    answers: { 201: answer(Volume, 'The volume') },
  },
  'GET /volumes/{name}': {
    id: 'VolumeInspect',
    summary: 'Tells all about a volume',
    answers: { 200: answer(Volume, 'The volume') },
  },
  'PUT /volumes/{name}': {
    id: 'VolumeUpdate',
    summary: 'Refused: only volumes of a swarm can be changed',
    answers: {},
  },
  'DELETE /volumes/{name}': {
    id: 'VolumeDelete',
    summary: 'Removes a volume',
    query: { force: flagOf('One that is not there is success') },
    answers: { 204: done('Removed') },
  },
  'POST /volumes/prune': {
    id: 'VolumePrune',
    summary: 'Removes volumes that nobody uses; only anonymous ones without the filter `all`',
    filters: volumePruneFilters,
    answers: { 200: answer(VolumesPruned, 'Removed') },
  },
}
