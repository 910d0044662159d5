import type { Condition } from '../condition.ts';
import { condition } from '../condition.ts';
import type { KeptHold } from '../job-messages.ts';

/** What holds a job that waits, for those who look. */
export const holdConditions = (holds: readonly KeptHold[]): readonly Condition[] =>
  holds.map(({ hold, rule, holder, description, until, whenOver }) => {
    const who = holder ?? `whoever asked for it`;
    const then = whenOver === 'fail' ? 'then it is in error' : 'then it goes on';
    return condition(
      'held',
      `held by ${who} until ${until}, ${then} (hold ${hold}: ${description})`,
      [
        ['Foreman/Hold', hold],
        ['Foreman/HoldRule', rule],
      ],
      { until },
    );
  });
