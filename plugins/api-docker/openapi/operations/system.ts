import { eventFilters } from '../../schemas/filters.ts'
import { DiskUsage, Event, EventLoopLine, Info, Version } from '../answers/system.ts'
import { anyObject } from '../answers/schema.ts'
import { answer, lines, textOf, textsOf, type Answer, type Operations } from '../operation.ts'

const pong: Answer = {
  bytes: 'text/plain',
  description: 'OK; Api-Version, Builder-Version and Swarm stand in the head',
}

export const systemOperations: Operations = {
  'GET /_ping': { id: 'SystemPing', summary: 'Is anybody there?', answers: { 200: pong } },
  'HEAD /_ping': { id: 'SystemPingHead', summary: 'Is anybody there?', answers: { 200: pong } },
  'GET /version': {
    id: 'SystemVersion',
    summary: 'Tells the versions of the engine and its components',
    answers: { 200: answer(Version, 'Versions') },
  },
  'GET /info': {
    id: 'SystemInfo',
    summary: 'Tells about the engine and its host',
    answers: { 200: answer(Info, 'The engine') },
  },
  'GET /events': {
    id: 'SystemEvents',
    summary: 'Tells what happens, as it happens',
    query: {
      since: textOf('From this moment on: RFC 3339, a duration back from now, or seconds with a fraction'),
      until: textOf('Up to this moment; it ends then'),
    },
    filters: eventFilters,
    answers: { 200: lines(Event, 'Events') },
  },
  'GET /system/df': {
    id: 'SystemDataUsage',
    summary: 'Tells what takes up space',
    query: { type: textsOf('container, image, volume, build-cache; all without it', 42) },
    answers: { 200: answer(DiskUsage, 'By kind; null for a kind that was not asked for') },
  },
  'GET /debug/event-loop': {
    id: 'DebugEventLoop',
    summary: 'Tells how long the process was held by one piece of work (not of Docker)',
    answers: { 200: lines(EventLoopLine, 'A line each 250 ms') },
  },
  'GET /openapi.json': {
    id: 'OpenApi',
    summary: 'This document (not of Docker)',
    answers: { 200: answer(anyObject, 'OpenAPI 3.1') },
  },
}
