/** What was looked at on the host, and how it is. */
export interface Finding {
  readonly subject: string
  /** `bad`: Moby Origin cannot run, or not as it should; `poor`: it runs with restrictions. */
  readonly state: 'good' | 'poor' | 'bad'
  readonly detail: string
  /** What to do about it; always there unless the state is good. */
  readonly remedy?: string
}

export const good = (subject: string, detail: string): Finding => ({ subject, state: 'good', detail })
export const poor = (subject: string, detail: string, remedy: string): Finding => ({
  subject,
  state: 'poor',
  detail,
  remedy,
})
export const bad = (subject: string, detail: string, remedy: string): Finding => ({
  subject,
  state: 'bad',
  detail,
  remedy,
})
