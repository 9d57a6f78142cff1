import { closeSync, openSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { syncFileSystem } from '@moby/lib-linux'

// The body of a worker thread: each message is answered when the file system is on the disk, with what went wrong.
if (parentPort === null) throw new Error('This module is the body of a worker thread.')
const port = parentPort
const { folder } = workerData as { folder: string }
port.on('message', () => {
  try {
    const descriptor = openSync(folder, 'r')
    try {
      syncFileSystem(descriptor)
    } finally {
      closeSync(descriptor)
    }
    port.postMessage({})
  } catch (error) {
    port.postMessage({ error })
  }
})
