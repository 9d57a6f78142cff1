import { parentPort } from 'node:worker_threads'
import type { StartJob } from './jobs.ts'
import { serveJob } from './serve-job.ts'

// The body of a worker thread: many jobs that take turns, all their file calls synchronous.
if (parentPort === null) throw new Error('This module is the body of a worker thread.')
parentPort.on('message', (message: StartJob) => serveJob(message))
