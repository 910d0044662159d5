import type { ExternalFunction } from './host.ts';
import { ParameterError, LanguageFault } from './signals.ts';
import { type Value, isFloat, position } from './values.ts';

/** When a delay is over (ms since the epoch). */
export interface DelayState {
  readonly until: number;
}

/** Waits for `seconds`, `minutes` and `hours` together; nothing is sent to anybody. */
export const delayFunction: ExternalFunction<DelayState> = {
  kind: 'external',
  setup(parameters, { now }) {
    const [seconds, minutes, hours] = [
      amount(parameters, 'seconds'),
      amount(parameters, 'minutes'),
      amount(parameters, 'hours'),
    ];
    if (seconds === 0 && minutes === 0 && hours === 0) {
      throw new ParameterError('<unknwon>', 'specified 0 delay, set one or more of "seconds", "minutes", "hours"');
    }
    const until = now + (seconds + 60 * minutes + 3600 * hours) * 1000;
    if (Math.abs(until) > 8.64e15) throw new LanguageFault('a delay does not end in any year there is');
    return { until };
  },
  done: ({ until }, { now }) => now >= until,
  message: ({ until }, { now }) => `Waiting for ${Math.ceil((until - now) / 1000)} more seconds`,
  wakeAt: ({ until }) => until,
  value: () => null,
};

function amount(parameters: Readonly<Record<string, Value>>, name: string): number {
  const value = Object.hasOwn(parameters, name) ? (parameters[name] ?? null) : 0;
  const whole = wholeOf(value);
  if (whole === undefined) throw new ParameterError(name, 'must be an integer');
  return whole;
}

function wholeOf(value: Value): number | undefined {
  if (typeof value === 'string') return /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : undefined;
  if (isFloat(value)) return Number.isFinite(value.number) ? Math.trunc(value.number) : undefined;
  return position(value);
}
