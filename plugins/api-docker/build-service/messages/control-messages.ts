import {
  bool,
  bytes,
  int32,
  int64,
  mapOf,
  message,
  nested,
  repeatedMessage,
  repeatedString,
  string,
  stringMap,
  Timestamp,
  type MessageValue,
} from '@moby/lib-ttrpc'

// moby.buildkit.v1: what clients of BuildKit's control API say and hear. Source: api/services/control/control.proto.

export const Exporter = message('moby.buildkit.v1.Exporter', { type: string(1), attributes: stringMap(2) })
export type Exporter = MessageValue<typeof Exporter>

const CacheEntry = message('moby.buildkit.v1.CacheOptionsEntry', { type: string(1), attributes: stringMap(2) })
const CacheOptions = message('moby.buildkit.v1.CacheOptions', {
  exports: repeatedMessage(4, CacheEntry),
  imports: repeatedMessage(5, CacheEntry),
})

export const SolveRequest = message('moby.buildkit.v1.SolveRequest', {
  ref: string(1),
  definition: bytes(2),
  exporterDeprecated: string(3),
  attributesDeprecated: stringMap(4),
  session: string(5),
  frontend: string(6),
  frontendOptions: stringMap(7),
  cache: nested(8, CacheOptions),
  entitlements: repeatedString(9),
  frontendInputs: mapOf(10, bytes),
  sourcePolicy: bytes(12),
  exporters: repeatedMessage(13, Exporter),
})
export type SolveRequest = MessageValue<typeof SolveRequest>
export const SolveResponse = message('moby.buildkit.v1.SolveResponse', { exporterResponse: stringMap(1) })

export const Platform = message('pb.Platform', { architecture: string(1), os: string(2), variant: string(3) })
const BuildkitVersion = message('moby.buildkit.v1.types.BuildkitVersion', { package: string(1), version: string(2) })
export const InfoResponse = message('moby.buildkit.v1.InfoResponse', { version: nested(1, BuildkitVersion) })
export const WorkerRecord = message('moby.buildkit.v1.types.WorkerRecord', {
  id: string(1),
  labels: stringMap(2),
  platforms: repeatedMessage(3, Platform),
  version: nested(5, BuildkitVersion),
})
export type WorkerRecord = MessageValue<typeof WorkerRecord>
export const ListWorkersResponse = message('moby.buildkit.v1.ListWorkersResponse', {
  records: repeatedMessage(1, WorkerRecord),
})

export const DiskUsageRequest = message('moby.buildkit.v1.DiskUsageRequest', { filters: repeatedString(1) })
export const PruneRequest = message('moby.buildkit.v1.PruneRequest', {
  filters: repeatedString(1),
  all: bool(2),
  /** Nanoseconds. */
  keepDuration: int64(3),
  /** Bytes that stay; the other two are limits that this builder has not. */
  reservedSpace: int64(4),
  maxUsedSpace: int64(5),
  minFreeSpace: int64(6),
})
export const UsageRecord = message('moby.buildkit.v1.UsageRecord', {
  id: string(1),
  isMutable: bool(2),
  inUse: bool(3),
  size: int64(4),
  createdAt: nested(6, Timestamp),
  lastUsedAt: nested(7, Timestamp),
  usageCount: int64(8),
  description: string(9),
  recordType: string(10),
  isShared: bool(11),
  parents: repeatedString(12),
})
export type UsageRecord = MessageValue<typeof UsageRecord>
export const DiskUsageResponse = message('moby.buildkit.v1.DiskUsageResponse', {
  records: repeatedMessage(1, UsageRecord),
})

export const StatusRequest = message('moby.buildkit.v1.StatusRequest', { ref: string(1) })
export const Vertex = message('moby.buildkit.v1.Vertex', {
  digest: string(1),
  inputs: repeatedString(2),
  name: string(3),
  cached: bool(4),
  started: nested(5, Timestamp),
  completed: nested(6, Timestamp),
  error: string(7),
})
export type Vertex = MessageValue<typeof Vertex>
export const VertexStatus = message('moby.buildkit.v1.VertexStatus', {
  id: string(1),
  vertex: string(2),
  name: string(3),
  current: int64(4),
  total: int64(5),
  timestamp: nested(6, Timestamp),
  started: nested(7, Timestamp),
  completed: nested(8, Timestamp),
})
export type VertexStatus = MessageValue<typeof VertexStatus>
export const VertexLog = message('moby.buildkit.v1.VertexLog', {
  vertex: string(1),
  timestamp: nested(2, Timestamp),
  /** 1 or 2, as descriptors are numbered. */
  stream: int64(3),
  data: bytes(4),
})
const Position = message('pb.Position', { line: int32(1), character: int32(2) })
export const Range = message('pb.Range', { start: nested(1, Position), end: nested(2, Position) })
export const VertexWarning = message('moby.buildkit.v1.VertexWarning', {
  vertex: string(1),
  level: int64(2),
  short: bytes(3),
})
export const StatusResponse = message('moby.buildkit.v1.StatusResponse', {
  vertexes: repeatedMessage(1, Vertex),
  statuses: repeatedMessage(2, VertexStatus),
  logs: repeatedMessage(3, VertexLog),
  warnings: repeatedMessage(4, VertexWarning),
})
export type StatusResponse = MessageValue<typeof StatusResponse>
