import { Type, type Static } from 'typebox'
import { makeValidator } from '../validator.ts'

/** Error codes (distribution-spec, "Error Codes") and what each means. */
export const registryErrorCodes = {
  BLOB_UNKNOWN: 'the registry has no such blob',
  BLOB_UPLOAD_INVALID: 'the upload of a blob is invalid',
  BLOB_UPLOAD_UNKNOWN: 'the registry knows no such upload',
  DIGEST_INVALID: 'the digest is not that of the content',
  MANIFEST_BLOB_UNKNOWN: 'a manifest names content that the registry does not have',
  MANIFEST_INVALID: 'the manifest is invalid',
  MANIFEST_UNKNOWN: 'the registry has no such manifest',
  NAME_INVALID: 'the name of the repository is invalid',
  NAME_UNKNOWN: 'the registry has no such repository',
  SIZE_INVALID: 'the length is not that of the content',
  UNAUTHORIZED: 'authentication is required',
  DENIED: 'access is denied',
  UNSUPPORTED: 'the operation is not supported',
  TOOMANYREQUESTS: 'too many requests',
} as const
export type RegistryErrorCode = keyof typeof registryErrorCodes

/** The body of a 4xx answer. Registries use codes of their own too, so any code is read. */
export const RegistryErrorBody = Type.Object({
  errors: Type.Array(
    Type.Object({
      code: Type.String(),
      message: Type.Optional(Type.String()),
      detail: Type.Optional(Type.Unknown()),
    }),
  ),
})
export type RegistryErrorBody = Static<typeof RegistryErrorBody>

export const validateRegistryErrorBody = makeValidator(RegistryErrorBody)
