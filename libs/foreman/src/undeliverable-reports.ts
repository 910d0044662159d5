import type { Logger } from '#kernel';
import { maskTexts, Refusal, writeJson } from '#kernel';
import type { DeadLetter, DeadLetters } from '#reactions';
import { isNoFault } from '#reactions';
import type { Report, UnreadableReport } from '#wire';
import { readReport } from '#wire';
import type { FindReportedTask } from './reported-task.ts';

/** Under what name they are kept among the dead letters. */
export const REPORTS = 'reports';
/** How often a report is tried whose handling fails, before it is put aside. */
const MAX_TRIES = 10;
/** Of how many reports it is remembered how often they have failed; only those under way at a time matter. */
const MAX_FAILING = 1000;

/** What they are kept in, and who is told. */
export interface UndeliverableReportsOptions {
  readonly letters: Pick<DeadLetters, 'add' | 'counts'>;
  /** Carries out what a report says. @throws Refusal */
  readonly report: (report: Report) => Promise<void>;
  readonly find: FindReportedTask;
  /** One more was put aside. */
  readonly onKept: () => void;
  /** One more came too late. */
  readonly onLate: () => void;
  readonly log: Pick<Logger, 'warn' | 'info'>;
}

/**
 * Reports of agents that nobody can take: they cannot be read, their job never was, or taking them fails again and again.
 * They are dead letters, so that they do not come back for ever; their tasks are decided by their leases. They show no
 * secret that their task was given. A report that is late, because its job has ended or its task was dispatched anew or has
 * been reported, is counted and taken off.
 */
export class UndeliverableReports {
  readonly #options: UndeliverableReportsOptions;
  readonly #failures = new Map<string, number>();

  constructor(options: UndeliverableReportsOptions) {
    this.#options = options;
  }

  /** Has a report taken, or puts it aside. @throws what is tried again */
  async taking(report: Report, take: () => Promise<void>): Promise<void> {
    const { cookie } = report;
    try {
      await take();
    } catch (error) {
      if (isNoFault(error)) throw error;
      const tries = (this.#failures.get(cookie) ?? 0) + 1;
      if (!(error instanceof Refusal) && tries < MAX_TRIES) {
        this.#remember(cookie, tries);
        throw error;
      }
      const task = await this.#options.find(report.job, cookie);
      if (task && !task.pending) this.#late(report, error);
      else await this.#keep({ key: cookie, error: String(error), tries, body: writeJson(report) }, task?.texts);
    }
    this.#failures.delete(cookie);
  }

  /** Puts aside a message that is no report. */
  async unreadable({ key, source, flaw, body, report }: UnreadableReport): Promise<void> {
    const task = report && (await this.#options.find(report.job, report.cookie));
    // What nobody waits for is told when the report that stands for it is taken.
    if (task && !task.pending) return;
    await this.#keep({ key, error: `${flaw} (${source})`, tries: 1, body }, task?.texts);
  }

  /** Tries one again, for an operator. @throws why it cannot be taken */
  async retry({ body = '' }: DeadLetter): Promise<void> {
    const { report, flaw } = readReport(new TextEncoder().encode(body));
    if (report === undefined || flaw !== undefined) throw new Error(flaw ?? 'it is no report');
    await this.#options.report(report);
  }

  /** How many there are. */
  async count(): Promise<number> {
    return (await this.#options.letters.counts()).get(REPORTS)?.kept ?? 0;
  }

  async #keep(
    { key, tries, ...shown }: { key: string; error: string; tries: number; body: string },
    secrets: readonly string[] = [],
  ): Promise<void> {
    // In the body they stand as JSON writes them.
    const texts = secrets.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]);
    const letter = { key, tries, ...maskTexts(shown, texts) };
    await this.#options.letters.add({ reaction: REPORTS, type: 'report', ...letter });
    this.#options.onKept();
    this.#options.log.warn('a report was put aside', { key, reason: letter.error });
  }

  #late({ job, cookie, agent }: Report, error: unknown): void {
    this.#options.onLate();
    this.#options.log.info('a report came too late', { job, cookie, agent, reason: String(error) });
  }

  #remember(cookie: string, tries: number): void {
    this.#failures.delete(cookie);
    this.#failures.set(cookie, tries);
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= MAX_FAILING) return;
      this.#failures.delete(oldest);
    }
  }
}
