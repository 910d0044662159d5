import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Layer } from '#config';
import type { Json, Principal } from '#kernel';

/** Under what names boot scripts find what a machine is let in by. */
const OF_JOBS: Readonly<Record<string, string>> = {
  _foundation_job_id: '__foundation_job_login',
  _structure_job_id: '__structure_job_login',
};
const OF_SURVEY = '__bootstrap_login';

/** How long a machine is surveyed with what it was given, in milliseconds; it is given it anew with its boot script. */
const SURVEY_MS = 24 * 3_600_000;
/** No user is called so. */
const JOB = /^@job-(\d{1,15})$/;
const SURVEY = /^@survey-(\d{1,15})$/;

/**
 * What machines are let in by that were booted for a job, or to be surveyed: a name, and a token that follows from it and
 * from a key that all servers have, so nothing is kept. `@job-12` may signal job 12 and nothing else; `@survey-<until>`
 * may be surveyed until then. Only the machine itself is told, in its boot script.
 */
export class MachineLogins {
  readonly #key: Buffer;
  readonly #now: () => number;

  /** @param now as `Date.now` */
  constructor(key: Buffer, now: () => number) {
    this.#key = key;
    this.#now = now;
  }

  /** What the boot script of a machine sees of this, each as `<name>:<token>`. @param values its configuration */
  layer(values: ReadonlyMap<string, Json>): Layer {
    const jobs = Object.entries(OF_JOBS).flatMap(([id, name]) => {
      const job = values.get(id);
      return typeof job === 'number' ? [[name, this.#login(`@job-${job}`)] as const] : [];
    });
    const survey = this.#login(`@survey-${this.#now() + SURVEY_MS}`);
    return { source: { kind: 'Contractor', id: '' }, attributes: [...jobs, [OF_SURVEY, survey]] };
  }

  /** Which machine this is; undefined where name and token are none of these, or not good any more. */
  identify(name: string, token: string): Principal | undefined {
    const [, job] = JOB.exec(name) ?? [];
    const [, until] = SURVEY.exec(name) ?? [];
    if (job === undefined && !(Number(until) > this.#now())) return undefined;
    const [expected, given] = [Buffer.from(this.#token(name)), Buffer.from(token)];
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
    const grant = job === undefined ? 'Building.can_bootstrap' : 'Foreman.can_job_signal';
    return {
      name,
      superuser: false,
      permissions: new Set([grant]),
      session: name,
      booted: { job: job === undefined ? null : Number(job) },
    };
  }

  #login(name: string): string {
    return `${name}:${this.#token(name)}`;
  }

  #token(name: string): string {
    return createHmac('sha256', this.#key).update(name).digest('base64url');
  }
}
