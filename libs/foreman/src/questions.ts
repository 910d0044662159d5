import { randomUUID } from 'node:crypto';
import type { JsonMap, Logger } from '#kernel';
import type { ForemanWire, Report } from '#wire';
import { NO_JOB } from '#wire';
import type { ResolveSecrets } from './task-secrets.ts';
import { agentsOf, erasedText } from './task-secrets.ts';

/** What agents of a site are asked: a function of a module that changes nothing, and may be done twice. */
export interface Question {
  readonly site: string;
  readonly module: string;
  readonly function: string;
  /** Secrets in them are references. */
  readonly parameters: JsonMap;
  /** How long an answer is waited for, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

/** At most this many are out at a time. */
export const MAX_QUESTIONS = 100;

export interface QuestionsOptions {
  readonly wire: Pick<ForemanWire, 'send' | 'withdraw' | 'serves'>;
  readonly resolveSecrets: ResolveSecrets;
  readonly log: Pick<Logger, 'warn'>;
}

interface Asked {
  answer(report: Report): void;
  fail(reason: string): void;
}

/**
 * What the foreman asks agents for itself, with no job: nothing of it is in the log, and what is out when the term ends is
 * not answered. An answer that comes too late is dropped.
 */
export class Questions {
  readonly #options: QuestionsOptions;
  readonly #asked = new Map<string, Asked>();

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** How many are out. */
  get size(): number {
    return this.#asked.size;
  }

  /** Whether somebody waits for the answer of this dispatch. */
  isAsked(cookie: string): boolean {
    return this.#asked.has(cookie);
  }

  /** Takes an answer. @returns whether somebody has waited for it */
  take(report: Report): boolean {
    const asked = this.#asked.get(report.cookie);
    asked?.answer(report);
    return asked !== undefined;
  }

  /** Nobody waits any more: this process is the foreman no longer. */
  end(): void {
    for (const asked of this.#asked.values()) asked.fail('this server is the foreman no longer');
  }

  /** @returns what the function results in @throws Error where there is no agent, it fails, or does not answer in time */
  async ask(question: Question): Promise<JsonMap> {
    const { site, module, function: name, timeoutMs, signal } = question;
    const { wire, resolveSecrets } = this.#options;
    signal?.throwIfAborted();
    if (!wire.serves(site, module)) throw new Error(`no agent serves "${module}" at site "${site}"`);
    if (this.#asked.size >= MAX_QUESTIONS) throw new Error(`${MAX_QUESTIONS} questions are out already`);
    const cookie = randomUUID();
    const answered = this.#answer(
      cookie,
      timeoutMs,
      `no agent has answered ${module}.${name} within ${timeoutMs / 1000} s`,
    );
    const giveUp = () => this.#asked.get(cookie)?.fail('nobody waits for the answer any more');
    signal?.addEventListener('abort', giveUp, { once: true });
    let receipt: string | undefined;
    try {
      const { parameters, secrets, erased } = await resolveSecrets(question.parameters, agentsOf(site, module));
      if (erased.length > 0) throw new Error(erasedText(erased));
      const task = { task: cookie, cookie, job: NO_JOB, site, module, function: name, parameters };
      receipt = await wire.send({ ...task, ...(secrets.length > 0 ? { secrets } : {}) });
    } catch (error) {
      this.#asked.get(cookie)?.fail(error instanceof Error ? error.message : String(error));
    }
    try {
      const { outcome } = await answered;
      if ('error' in outcome) throw new Error(outcome.error);
      return outcome.result;
    } catch (error) {
      await this.#withdraw({ cookie, site, module, receipt });
      throw error;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  #answer(cookie: string, timeoutMs: number, late: string): Promise<Report> {
    const answered = new Promise<Report>((resolve, reject) => {
      const over = () => {
        clearTimeout(timer);
        this.#asked.delete(cookie);
      };
      const fail = (reason: string) => {
        over();
        reject(new Error(reason));
      };
      const timer = setTimeout(() => fail(late), timeoutMs);
      const answer = (report: Report) => {
        over();
        resolve(report);
      };
      this.#asked.set(cookie, { answer, fail });
    });
    // It may fail before somebody waits for it.
    answered.catch(() => undefined);
    return answered;
  }

  /** Has no agent begin it any more; where that fails, one answers to nobody. */
  async #withdraw(sent: Parameters<ForemanWire['withdraw']>[0]): Promise<void> {
    try {
      await this.#options.wire.withdraw(sent);
    } catch (error) {
      this.#options.log.warn('a question could not be taken back', { site: sent.site, error: String(error) });
    }
  }
}
