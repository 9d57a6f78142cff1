/** Where a server listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Reads `127.0.0.1:9323`, `[::1]:9323`, `localhost:9323` or `:9323`, which is all addresses. Undefined for anything else. */
export function readAddress(text: string): Address | undefined {
  const [, bracketed, plain = '', digits] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/\s]*)):(\d{1,5})$/i.exec(text) ?? []
  const port = Number(digits)
  if (digits === undefined || port > 65_535) return undefined
  return { host: bracketed ?? (plain === '' ? '::' : plain), port }
}
