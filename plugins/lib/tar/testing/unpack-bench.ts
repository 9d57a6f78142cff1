import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApplyRequest } from '../apply/apply-layer.ts'
import { applyLayer } from '../apply-layer.ts'
import { settleLayer } from '../trees.ts'
import { inPieces, makeTar, type SampleEntry } from './make-tar.ts'

/** The ways in which a layer is unpacked. */
export const unpackForms = ['into a whole tree', 'over a lower layer', 'beside a lower layer'] as const
export type UnpackForm = (typeof unpackForms)[number]

/** Fills the tree below. */
export type Lower = (root: string) => void

interface Opened {
  readonly request: ApplyRequest
  readonly root: string
  settle(): Promise<unknown>
}

/** Layers are unpacked here, beside a folder of the host that none of them may touch. */
export class UnpackBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'hostile-'))
  readonly host = join(this.folder, 'host')

  constructor() {
    mkdirSync(this.host)
    writeFileSync(join(this.host, 'secret'), 'secret', { mode: 0o600 })
  }

  /** Removes everything. Fails when the folder of the host is not as it was. */
  close(): void {
    const secret = join(this.host, 'secret')
    const { mode, nlink } = statSync(secret)
    const found = [
      readdirSync(this.host).join(),
      readFileSync(secret, 'utf8'),
      (mode & 0o7777).toString(8),
      nlink,
    ].join()
    rmSync(this.folder, { recursive: true, force: true })
    if (found !== 'secret,secret,600,1') throw new Error(`the folder of the host was changed: ${found}`)
  }

  make(name: string): string {
    return mkdtempSync(join(this.folder, `${name}-`))
  }

  open(form: UnpackForm, lower?: Lower): Opened {
    if (form === 'into a whole tree') {
      const root = this.make('tree')
      lower?.(root)
      return { request: { root }, root, settle: async () => undefined }
    }
    const [root, base] = [this.make('upper'), this.make('lower')]
    lower?.(base)
    if (form === 'over a lower layer') return { request: { root, base }, root, settle: async () => undefined }
    const looseEnds = join(this.folder, 'loose-ends.json')
    return { request: { root, looseEnds }, root, settle: () => settleLayer({ root, base, looseEnds }) }
  }

  async apply(
    form: UnpackForm,
    entries: readonly SampleEntry[],
    lower?: Lower,
    limits: ApplyRequest['limits'] = {},
  ): Promise<{ root: string; applied: Awaited<ReturnType<typeof applyLayer>> }> {
    const { request, root, settle } = this.open(form, lower)
    const applied = await applyLayer({ ...request, limits }, inPieces(makeTar(entries)))
    await settle()
    return { root, applied }
  }

  /** Unpacks the bytes of an archive as they are. */
  async bytes(form: UnpackForm, archive: Uint8Array, request: Partial<ApplyRequest> = {}): Promise<string> {
    const { request: own, root } = this.open(form)
    await applyLayer({ ...own, ...request }, inPieces(archive, 4096))
    return root
  }
}
