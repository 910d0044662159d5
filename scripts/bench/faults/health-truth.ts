import type { Findings } from './findings.ts';
import type { HealthAnswer } from './health-watch.ts';
import type { Outage } from './outages.ts';
import type { Write } from './site-writers.ts';

/** As long every write may fail while `/health` says `ok`, in milliseconds: it tells how it was when it was asked. */
const BLIND_MS = 3000;
/** As long it may say that it is not well while every write goes well and nothing is done to it. */
const ALARM_MS = 60_000;
/** The longest an answer of `/health` may take on a machine that has other work; its own limit is 3 s. */
const MAX_ANSWER_MS = 8000;

/** Whether a server says that it is well. */
export const isWell = ({ status }: Pick<HealthAnswer, 'status'>): boolean => status === 'ok';

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

interface Told {
  readonly answers: readonly HealthAnswer[];
  readonly writes: readonly Write[];
  readonly outages: readonly Outage[];
}

/** Finds where `/health` did not tell the truth. @param began of the run, for the times that are shown */
export function findLies({ answers, writes, outages }: Told, findings: Findings, began: number): void {
  const at = (time: number): string => `${((time - began) / 1000).toFixed(1)} s`;
  for (const server of new Set(answers.map((answer) => answer.server))) {
    const own = answers.filter((answer) => answer.server === server);
    for (const { from, to } of streaks(writes.filter((write) => write.server === server))) {
      if (overlaps(outages, server, from, to)) continue;
      const said = own.filter(({ asked, answered }) => asked >= from + BLIND_MS / 2 && answered <= to);
      const ok = said.filter(({ status }) => status === 'ok');
      if (to - from < BLIND_MS || ok.length < 3) continue;
      findings.add(
        'LIE',
        `${server} said ok ${ok.length} times of ${said.length} from ${at(from)} to ${at(to)}, while every write failed`,
      );
    }
    for (const outage of outages.filter(({ mustBeTold, program = server }) => mustBeTold && program === server)) {
      const ok = own.filter((a) => a.status === 'ok' && a.asked > outage.from + BLIND_MS && a.answered < outage.to);
      if (ok.length > 0)
        findings.add('LIE', `${server} said ok ${ok.length} times while ${outage.what} was away (${at(outage.from)})`);
    }
    for (const { asked, answered, status, reasons } of own) {
      if (overlaps(outages, server, asked, answered)) continue;
      if (status === undefined) findings.add('LIE', `${server} did not answer /health at ${at(asked)}: ${reasons}`);
      else if (answered - asked > MAX_ANSWER_MS)
        findings.add('LIE', `${server} took ${seconds(answered - asked)} to answer /health at ${at(asked)}`);
    }
    falseAlarms(own, { writes, outages, at }, findings);
  }
}

/** While this server itself was killed or stood still, it cannot be asked. */
const overlaps = (outages: readonly Outage[], server: string, from: number, to: number): boolean =>
  outages.some((outage) => outage.program === server && outage.from < to && outage.to > from);

/** From the first to the last of writes that failed one after the other, without one that went well. */
function streaks(writes: readonly Write[]): readonly { readonly from: number; readonly to: number }[] {
  const found: { from: number; to: number }[] = [];
  let from: number | undefined;
  let to = 0;
  const close = (): void => {
    if (from !== undefined) found.push({ from, to });
    from = undefined;
  };
  for (const { begun, ended, done } of writes.toSorted((one, other) => one.ended - other.ended)) {
    if (done) close();
    else {
      from ??= begun;
      to = ended;
    }
  }
  close();
  return found;
}

function falseAlarms(
  own: readonly HealthAnswer[],
  { writes, outages, at }: Omit<Told, 'answers'> & { readonly at: (time: number) => string },
  findings: Findings,
): void {
  let first: HealthAnswer | undefined;
  for (const answer of own) {
    const quiet = !outages.some(({ from, to }) => from < answer.answered && to > answer.asked);
    const failed = writes.some(
      (w) => !w.done && w.server === answer.server && w.begun < answer.answered && w.ended > answer.asked,
    );
    if (isWell(answer) || !quiet || failed) first = undefined;
    else {
      first ??= answer;
      if (answer.answered - first.asked < ALARM_MS) continue;
      findings.add(
        'LIE',
        `${answer.server} was ${answer.status} for ${seconds(answer.answered - first.asked)} from ${at(first.asked)} without a cause: ${answer.reasons}`,
      );
      first = undefined;
    }
  }
}
