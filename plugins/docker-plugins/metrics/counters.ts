import { memoryUsage } from 'node:process'

/** What the component counts, in the text form of Prometheus. */
export class Counters {
  readonly #calls = new Map<string, number>()
  readonly #states = new Map<string, boolean>()

  /** One call of a plugin that ended so: `ok`, or the code of its error. */
  count(plugin: string, method: string, outcome: string): void {
    const key = `plugin="${escape(plugin)}",method="${escape(method)}",outcome="${escape(outcome)}"`
    this.#calls.set(key, (this.#calls.get(key) ?? 0) + 1)
  }

  state(plugin: string, isUp: boolean | undefined): void {
    if (isUp === undefined) this.#states.delete(plugin)
    else this.#states.set(plugin, isUp)
  }

  text(): string {
    const { user, system } = process.cpuUsage()
    return [
      '# HELP moby_docker_plugin_calls_total Calls of Docker plugins by how they ended.',
      '# TYPE moby_docker_plugin_calls_total counter',
      ...[...this.#calls].map(([labels, count]) => `moby_docker_plugin_calls_total{${labels}} ${count}`),
      '# HELP moby_docker_plugin_up Whether a Docker plugin answers.',
      '# TYPE moby_docker_plugin_up gauge',
      ...[...this.#states].map(([plugin, isUp]) => `moby_docker_plugin_up{plugin="${escape(plugin)}"} ${isUp ? 1 : 0}`),
      '# HELP process_cpu_seconds_total Processor time of the engine.',
      '# TYPE process_cpu_seconds_total counter',
      `process_cpu_seconds_total ${(user + system) / 1e6}`,
      '# HELP process_resident_memory_bytes Memory of the engine.',
      '# TYPE process_resident_memory_bytes gauge',
      `process_resident_memory_bytes ${memoryUsage.rss()}`,
      '',
    ].join('\n')
  }
}

function escape(text: string): string {
  return text.replace(/[\\"\n]/g, (each) => (each === '\n' ? '\\n' : `\\${each}`))
}
