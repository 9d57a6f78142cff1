import { closeSync, openSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { syncFileSystem } from '@moby/lib-linux'

const { folder } = workerData as { folder: string }
const descriptor = openSync(folder, 'r')
try {
  syncFileSystem(descriptor)
} finally {
  closeSync(descriptor)
}
