import { reasonOf } from './reason-of.ts';

/** How a part of the server is: `degraded`: it serves, and something needs a look; `down`: it does not. */
export type HealthStatus = 'ok' | 'degraded' | 'starting' | 'down';

/** What a health indicator tells: how a part is, why where it is not ok, and whatever else helps. */
export interface HealthState {
  readonly status: HealthStatus;
  readonly reason?: string;
  readonly [detail: string]: unknown;
}

/** Looks how a part of the server is. What it throws counts as `down`, with the message as the reason. */
export type HealthIndicator = () => Promise<HealthState>;

/** How long an indicator may take before its part counts as `down`, in milliseconds. */
const TIMEOUT_MS = 3000;

/** From the best to the worst. */
const ORDER: readonly HealthStatus[] = ['ok', 'degraded', 'starting', 'down'];

/** The worst of several; `ok` where there is none. */
export const worst = (all: readonly HealthStatus[]): HealthStatus =>
  ORDER[Math.max(0, ...all.map((status) => ORDER.indexOf(status)))] ?? 'ok';

/** The health indicators of a server, each under the name of its part. */
export class HealthRegistry {
  readonly #indicators = new Map<string, HealthIndicator>();
  readonly #underWay = new Map<HealthIndicator, Promise<HealthState>>();
  readonly #timeoutMs: number;

  constructor({ timeoutMs = TIMEOUT_MS } = {}) {
    this.#timeoutMs = timeoutMs;
  }

  /** @throws Error where the name is taken @returns takes the indicator out again */
  register(name: string, indicator: HealthIndicator): () => void {
    if (this.#indicators.has(name)) throw new Error(`there is a health indicator "${name}" already`);
    this.#indicators.set(name, indicator);
    return () => void this.#indicators.delete(name);
  }

  /** How every part is now; no indicator is asked twice at a time, and none is waited for longer than the limit. */
  async check(): Promise<Readonly<Record<string, HealthState>>> {
    const names = [...this.#indicators.keys()].toSorted();
    const states = await Promise.all(names.map(async (name) => this.#ask(this.#indicators.get(name))));
    return Object.fromEntries(names.map((name, index) => [name, states[index] ?? GONE]));
  }

  async #ask(indicator: HealthIndicator | undefined): Promise<HealthState> {
    if (!indicator) return GONE;
    const answer = this.#underWay.get(indicator) ?? this.#begin(indicator);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<HealthState>((resolve) => {
      const reason = `no answer within ${this.#timeoutMs} ms`;
      timer = setTimeout(() => resolve({ status: 'down', reason }), this.#timeoutMs);
    });
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  #begin(indicator: HealthIndicator): Promise<HealthState> {
    const answer = Promise.resolve()
      .then(indicator)
      .catch((error: unknown): HealthState => ({ status: 'down', reason: reasonOf(error) }))
      .finally(() => this.#underWay.delete(indicator));
    this.#underWay.set(indicator, answer);
    return answer;
  }
}

const GONE: HealthState = { status: 'down', reason: 'it was taken out' };
