/**
 * HTTP/2 on both sides of the bridge. Windows let a build context flow without a pause at every 64 KiB and bound what is
 * held for a side that does not read. Each line of a `.dockerignore` travels as a header of its own, so headers may be
 * many.
 */
export const http2Settings = {
  settings: {
    initialWindowSize: 1024 * 1024,
    maxFrameSize: 1024 * 1024,
    maxHeaderListSize: 4 * 1024 * 1024,
    enablePush: false,
  },
  maxHeaderListPairs: 65_535,
  maxSendHeaderBlockLength: 4 * 1024 * 1024,
  /** Mebibytes. */
  maxSessionMemory: 64,
}

/** Bytes that one connection may have on the way to us. */
export const connectionWindow = 8 * 1024 * 1024
