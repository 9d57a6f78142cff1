/** Who may or may not do what with what. What is absent fits everything. */
export interface Rule {
  readonly users?: readonly string[]
  readonly groups?: readonly string[]
  readonly operations?: readonly string[]
  readonly objects?: readonly string[]
  /** Values by their path in the request. */
  readonly request?: Readonly<Record<string, readonly (string | number | boolean)[]>>
  readonly verdict: 'allow' | 'deny'
  readonly message?: string
}

export interface RulesConfig {
  readonly rules: readonly Rule[]
  readonly otherwise: 'allow' | 'deny'
  readonly message: string
}
