import type { ImageRecord } from '../image-record.ts'

/** Whether an image is for one of these platforms, `linux/arm64/v8`; without variant any variant is meant. */
export function matchesPlatform({ document }: Pick<ImageRecord, 'document'>, platforms: readonly string[]): boolean {
  return platforms.some((platform) => {
    const [os, architecture, variant = ''] = platform.split('/')
    const own = document.variant ?? ''
    const sameVariant = variant === '' || own === '' || own === variant
    return os === document.os && (architecture === undefined || architecture === document.architecture) && sameVariant
  })
}
