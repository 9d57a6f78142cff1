import type { EngineMetrics as Told } from '@moby/contracts'
import { Histogram } from './histogram.ts'

/** What is told besides what is counted here: read at the moment of the question. */
export interface MetricFacts {
  readonly containers: { readonly running: number; readonly paused: number; readonly stopped: number }
  readonly eventListeners: number
  readonly events: number
  readonly cpus: number
  readonly memoryBytes: number
  /** Labels of `engine_daemon_engine_info`. */
  readonly engine: Record<string, string>
}

type Family = Told['families'][number]

/** What the engine counts and times, under the names of dockerd 28. */
export class EngineMetrics {
  readonly containers = new Histogram('action', ['start', 'changes', 'commit', 'create', 'delete'])
  readonly networks = new Histogram('action', ['allocate', 'connect', 'release', 'update'])
  readonly images = new Histogram('action', ['delete', 'pull', 'push'])
  readonly host = new Histogram('function', ['system_info', 'system_version'])
  readonly #healthStart = new Histogram('', [''])
  #healthChecks = 0
  #healthChecksFailed = 0

  /** A probe of health has ended. */
  countHealthCheck(isHealthy: boolean): void {
    this.#healthChecks += 1
    if (!isHealthy) this.#healthChecksFailed += 1
  }

  /** How long it took until a probe ran. */
  observeHealthStart(seconds: number): void {
    this.#healthStart.observe('', seconds)
  }

  tell({ containers, eventListeners, events, cpus, memoryBytes, engine }: MetricFacts): Family[] {
    return [
      timed('container_actions', 'The number of seconds it takes to process each container action', this.containers),
      timed('network_actions', 'The number of seconds it takes to process each network action', this.networks),
      timed('image_actions', 'The number of seconds it takes to process each image action', this.images),
      timed(
        'host_info_functions',
        'The number of seconds it takes to call functions gathering info about the host',
        this.host,
      ),
      timed(
        'health_check_start_duration',
        'The number of seconds it takes to prepare to run health checks',
        this.#healthStart,
      ),
      {
        ...head('container_states_containers', 'The count of containers in various states', 'gauge'),
        samples: Object.entries(containers).map(([state, value]) => ({ labels: { state }, value })),
      },
      one('health_checks_total', 'The total number of health checks', 'counter', this.#healthChecks),
      one(
        'health_checks_failed_total',
        'The total number of failed health checks',
        'counter',
        this.#healthChecksFailed,
      ),
      one('events_total', 'The number of events logged', 'counter', events),
      one('events_subscribers_total', 'The number of current subscribers to events', 'gauge', eventListeners),
      one('engine_cpus_cpus', 'The number of cpus that the host system of the engine has', 'gauge', cpus),
      one(
        'engine_memory_bytes',
        'The number of bytes of memory that the host system of the engine has',
        'gauge',
        memoryBytes,
      ),
      {
        ...head('engine_info', 'The information related to the engine and the OS it is running on', 'gauge'),
        samples: [{ labels: engine, value: 1 }],
      },
    ]
  }
}

function head<T extends Family['type']>(name: string, help: string, type: T) {
  return { name: `engine_daemon_${name}`, help, type }
}

function one(name: string, help: string, type: 'counter' | 'gauge', value: number): Family {
  return { ...head(name, help, type), samples: [{ labels: {}, value }] }
}

function timed(name: string, help: string, histogram: Histogram): Family {
  return { ...head(`${name}_seconds`, help, 'histogram'), samples: [], histograms: histogram.samples() }
}
