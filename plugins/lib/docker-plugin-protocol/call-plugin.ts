import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { codedError, type CodedError } from '@moby/contracts'
import { nodeHttp, parseJson } from '@moby/contracts/wire'
import { showAddress, type PluginAddress } from './address.ts'
import { acceptedMedia } from './media.ts'
import { maybe, shape, ShapeError, text } from './shape.ts'
import { tlsRequest } from './tls-request.ts'

/** One call of a plugin. */
export interface PluginCall {
  readonly plugin: string
  readonly address: PluginAddress
  /** `VolumeDriver.Create`. */
  readonly method: string
  /** Undefined for methods that Docker calls with an empty body. */
  readonly body?: unknown
  /** Milliseconds until the whole answer must have come; for a stream, its head. */
  readonly deadlineMs: number
  readonly signal?: AbortSignal | undefined
}

/** Bytes of an answer about one thing, of one that tells of many, and objects within one another in it. */
const shortAnswer = 1024 * 1024
const longAnswer = 8 * 1024 * 1024
const deepestAnswer = 64
const long = new Set([
  'VolumeDriver.List',
  'NetworkDriver.Join',
  'NetworkDriver.EndpointOperInfo',
  'NetworkDriver.ProgramExternalConnectivity',
])
/** Bytes of an answer that an error quotes. */
const quoted = 200

const Failure = maybe(shape({ Err: text(), Error: text() }))

/**
 * Calls a method and answers the JSON of its body, undefined for an empty one. One connection a call, so that a plugin
 * that was started again is met at once. Never tried again: who calls knows whether that is safe. Fails with
 * PLUGIN_AWAY, PLUGIN_SILENT, PLUGIN_ANSWER_INVALID, PLUGIN_REFUSED (`details.status`, `details.reason`) or CANCELLED.
 */
export async function callPlugin(call: PluginCall): Promise<unknown> {
  return await exchange(call, async (response) => {
    const body = await readBody(call, response)
    if (response.statusCode !== 200) throw refused(call, response.statusCode ?? 0, body)
    if (body.length === 0) return undefined
    let value: unknown
    try {
      value = parseJson(body, deepestAnswer, 'WIRE_RESPONSE_INVALID', 'its answer')
    } catch (cause) {
      throw invalid(call, `answered what is no JSON: ${quote(body)}`, cause)
    }
    const failure = failureIn(value)
    if (failure !== '') throw refused(call, 200, body)
    return value
  })
}

/** Calls a method that answers a stream of bytes. The stream ends when its reader stops or the signal says so. */
export async function streamPlugin(call: PluginCall): Promise<AsyncIterable<Buffer>> {
  return await exchange(
    call,
    async (response) => {
      if (response.statusCode !== 200) throw refused(call, response.statusCode ?? 0, await readBody(call, response))
      return bodyOf(call, response)
    },
    'stream',
  )
}

async function* bodyOf(call: PluginCall, response: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of response) yield chunk as Buffer
  } catch (cause) {
    if (call.signal?.aborted === true) return
    throw away(call, cause)
  } finally {
    response.destroy()
  }
}

async function exchange<T>(
  call: PluginCall,
  use: (response: IncomingMessage) => Promise<T>,
  kind: 'answer' | 'stream' = 'answer',
): Promise<T> {
  const body = call.body === undefined ? '' : `${JSON.stringify(call.body)}\n`
  const silent = codedError(
    'PLUGIN_SILENT',
    `${title(call)} did not answer ${call.method} within ${call.deadlineMs} ms`,
    { hint: 'see what the plugin is doing; restart it if it hangs', details: detailsOf(call) },
  )
  const cancelled = codedError('CANCELLED', `${call.method} of ${title(call)} was given up`)
  let request: ClientRequest | undefined
  // Kept apart: a request that is ended while its answer comes fails with an error of its own.
  let ending: CodedError | undefined
  const end = (reason: CodedError) => {
    ending ??= reason
    request?.destroy(reason)
  }
  const abort = () => end(cancelled)
  if (call.signal?.aborted === true) throw cancelled
  const timer = setTimeout(() => end(silent), call.deadlineMs)
  call.signal?.addEventListener('abort', abort, { once: true })
  try {
    request = await open(call, Buffer.byteLength(body))
    const response = await headOf(request, body)
    return await use(response)
  } catch (error) {
    request?.destroy()
    if (ending !== undefined) throw ending
    throw isOurs(error) ? error : away(call, error)
  } finally {
    clearTimeout(timer)
    // A stream can still be given up later; an answer is over.
    if (kind === 'answer') call.signal?.removeEventListener('abort', abort)
  }
}

function headOf(request: ClientRequest, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve).on('error', reject)
    request.end(body)
  })
}

async function open({ address, method }: PluginCall, length: number): Promise<ClientRequest> {
  const options: RequestOptions = {
    method: 'POST',
    path: `/${method}`,
    agent: false,
    headers: {
      'user-agent': 'Go-http-client/1.1',
      'content-length': length,
      accept: acceptedMedia,
    },
  }
  if (address.kind === 'unix') {
    const headers = { ...options.headers, host: 'plugin.moby.localhost' }
    return nodeHttp.request({ ...options, headers, socketPath: address.path })
  }
  const { host, port, tls } = address
  return tls === undefined
    ? nodeHttp.request({ ...options, host, port })
    : await tlsRequest({ ...options, host, port }, tls)
}

async function readBody(call: PluginCall, response: IncomingMessage): Promise<Buffer> {
  const longestAnswer = long.has(call.method) ? longAnswer : shortAnswer
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestAnswer) {
      throw invalid(call, `answered ${call.method} with more than ${longestAnswer} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The error in a body: `Err` in most protocols, `Error` in that of IPAM. */
function failureIn(value: unknown): string {
  try {
    const { Err = '', Error: other = '' } = Failure(value) ?? {}
    return Err === '' ? other : Err
  } catch (error) {
    // Other fields of an answer may well be named so; its own reader will tell what is wrong.
    if (error instanceof ShapeError) return ''
    throw error
  }
}

function refused(call: PluginCall, status: number, body: Buffer): CodedError {
  let reason: string
  try {
    reason = failureIn(JSON.parse(body.toString('utf8')))
  } catch {
    reason = ''
  }
  if (reason === '') reason = body.toString('utf8', 0, 4096).trim()
  if (reason === '') reason = `status ${status} without a reason`
  return codedError('PLUGIN_REFUSED', `${call.method}: ${reason}`, {
    details: { ...detailsOf(call), status, reason },
    hint: `the plugin ${call.plugin} answered so; its own log may tell more`,
  })
}

export function invalid(call: Omit<PluginCall, 'deadlineMs'>, what: string, cause?: unknown): CodedError {
  return codedError('PLUGIN_ANSWER_INVALID', `${title(call)} ${what}`, {
    hint: 'it does not speak the plugin protocol well: report it to its authors',
    details: detailsOf(call),
    cause,
  })
}

function away(call: PluginCall, cause: unknown): CodedError {
  const { code = '', message } = cause as NodeJS.ErrnoException
  if (code.startsWith('HPE_')) return invalid(call, `answered ${call.method} with what is no HTTP: ${message}`, cause)
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nobody listens there',
    ENOENT: 'the socket is not there',
    ECONNRESET: `it closed the connection during ${call.method}`,
    EACCES: 'permission denied',
  }
  return codedError('PLUGIN_AWAY', `${title(call)} is away: ${reasons[code] ?? message}`, {
    hint: `start the plugin, or remove ${showAddress(call.address)} if it is gone for good`,
    details: { ...detailsOf(call), errno: code, sent: code !== 'ECONNREFUSED' && code !== 'ENOENT' },
    cause,
  })
}

function title({ plugin, address }: Pick<PluginCall, 'plugin' | 'address'>): string {
  return `The plugin ${plugin} at ${showAddress(address)}`
}

function detailsOf({ plugin, address, method }: Omit<PluginCall, 'deadlineMs'>) {
  return { plugin, address: showAddress(address), method }
}

function quote(body: Buffer): string {
  return JSON.stringify(body.toString('utf8', 0, quoted)) + (body.length > quoted ? '…' : '')
}

const ours = new Set(['PLUGIN_ANSWER_INVALID', 'PLUGIN_REFUSED', 'PLUGIN_SPEC_INVALID'])

function isOurs(error: unknown): boolean {
  return ours.has((error as { code?: string }).code ?? '')
}
