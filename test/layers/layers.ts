/** What a layer may import, by the first rule whose folder contains the importing file. */
export interface Layer {
  readonly name: string
  readonly files: RegExp
  /** Layers of this project. */
  readonly imports: readonly string[]
}

/** The walls of the house; docs/architecture.md draws them. */
export const layers: readonly Layer[] = [
  { name: 'oci-spec-ts', files: /^contracts\/oci-spec-ts\//, imports: [] },
  { name: 'contracts', files: /^contracts\//, imports: [] },
  { name: 'registry', files: /^registry\//, imports: ['contracts'] },
  { name: 'core/cli', files: /^core\/(cli|setup)\//, imports: ['contracts', 'core', 'registry'] },
  { name: 'core', files: /^core\//, imports: ['contracts'] },
  { name: 'plugins/lib/linux', files: /^plugins\/lib\/linux\//, imports: ['contracts'] },
  { name: 'plugins/lib', files: /^plugins\/lib\//, imports: ['contracts', 'plugins/lib/linux'] },
  {
    name: 'plugins',
    files: /^plugins\//,
    imports: ['contracts', 'oci-spec-ts', 'plugins/lib', 'plugins/lib/linux', 'registry/client'],
  },
  { name: 'examples', files: /^examples\//, imports: ['contracts', 'oci-spec-ts'] },
]

/** Packages from elsewhere that only these files may import, and why. */
export const confined: ReadonlyMap<string, { readonly files: RegExp; readonly why: string }> = new Map([
  [
    'tsyringe',
    { files: /^core\/kernel\/container\.ts$/, why: 'a second importer would see another copy of its metadata' },
  ],
  ['reflect-metadata', { files: /^core\/kernel\/container\.ts$/, why: 'it must be evaluated before tsyringe' }],
  [
    'koffi',
    { files: /^plugins\/lib\/linux\//, why: 'system calls are checked and turned into coded errors in one place' },
  ],
  ['semver', { files: /^core\/(resolve|cli)\/|^registry\//, why: 'version ranges are decided by the solver' }],
  [
    'yaml',
    { files: /^core\/|^registry\/|^plugins\/engine\/cdi\//, why: 'positions in manifests are kept by one reader' },
  ],
])

/** The layer of a file, undefined outside the layers (tests, configuration). */
export function layerOf(file: string): Layer | undefined {
  return layers.find((layer) => layer.files.test(file))
}
