import { describe, expect, it } from 'vitest'
import { BuildJob } from './build-job.ts'
import { BuildJobs } from './build-jobs.ts'

const never = new AbortController().signal
const jobOf = (ref: string) => new BuildJob(ref, 's', [])

describe('builds by their names', () => {
  it('are found by calls that come before them', async () => {
    const jobs = new BuildJobs()
    const found = jobs.find('one', never)
    const job = jobOf('one')
    jobs.begin(job)
    expect(await found).toBe(job)
    expect(() => jobs.begin(jobOf('one'))).toThrow('under way')
  })

  it('tell their progress after their end to who comes late, not to calls that act on them', async () => {
    const jobs = new BuildJobs()
    const job = jobOf('short')
    jobs.begin(job)
    jobs.end(job)
    expect(await jobs.findAny('short', never)).toBe(job)
    const leaving = new AbortController()
    const acting = jobs.find('short', leaving.signal)
    leaving.abort(new Error('left'))
    await expect(acting).rejects.toThrow('left')
  })

  it('are forgotten when somebody has followed them, and the oldest when there are many', async () => {
    const jobs = new BuildJobs()
    const gone = async (ref: string) => {
      const leaving = new AbortController()
      const finding = jobs.findAny(ref, leaving.signal)
      leaving.abort(new Error('not there'))
      return await finding.then(
        () => false,
        () => true,
      )
    }
    const followed = jobOf('followed')
    jobs.begin(followed)
    const following = Array.fromAsync(followed.progress.follow(never))
    followed.end()
    jobs.end(followed)
    await following
    expect(await gone('followed')).toBe(true)
    for (let at = 0; at < 12; at += 1) {
      const job = jobOf(`n${at}`)
      jobs.begin(job)
      jobs.end(job)
    }
    expect([await gone('n0'), await gone('n11')]).toEqual([true, false])
  })

  it('end for those who wait for a result when the client goes', async () => {
    const job = jobOf('left')
    const leaving = new AbortController()
    const waiting = job.returned(leaving.signal)
    leaving.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    job.end()
    expect(job.ending.aborted).toBe(true)
    expect(() => job.resultOf('left/0')).toThrow('no such ref')
    expect(job.resultOf(job.keep({ image: 'sha256:1' }))).toEqual({ image: 'sha256:1' })
  })
})
