export type { DescriptorReader } from './source/descriptor-reader.ts'
export { FolderSource, type FolderSourceOptions } from './source/folder-source.ts'
export { OciSource, type OciSourceOptions } from './source/oci/oci-source.ts'
export { WorkspaceSource, type WorkspaceSourceOptions } from './source/workspace-source.ts'
