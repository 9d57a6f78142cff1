import { parentPort, workerData } from 'node:worker_threads'
import { isCodedError } from '@moby/contracts/errors'
import { ArchiveIndex } from './archive-index.ts'
import type { FromIndexWorker, IndexRequest, ToIndexWorker } from './index-archive.ts'

// The body of a worker thread that takes one archive apart.
const port = parentPort
if (port === null) throw new Error('This module is the body of a worker thread.')

const { contents, limits } = workerData as IndexRequest
const index = new ArchiveIndex(contents, limits)
let failed = false

const send = (message: FromIndexWorker) => port.postMessage(message)

port.on('message', (message: ToIndexWorker) => {
  if (failed) return
  try {
    if ('chunk' in message) {
      index.push(message.chunk)
      send({ taken: true })
    } else {
      send({ nodes: index.finish() })
      index.close()
      port.close()
    }
  } catch (error) {
    failed = true
    index.close()
    const text = error instanceof Error ? error.message : String(error)
    const { code, hint, details } = isCodedError(error)
      ? error
      : { code: 'HOST_SYSTEM_CALL', hint: undefined, details: undefined }
    send({ failure: { code, message: text, hint, details } })
    port.close()
  }
})
