import { defineSettings, InvalidValue, parser, setting } from '#runtime/settings';

/** The shortest and the longest time between two looks at a complex, in seconds. */
const MIN_LOOK_S = 10;
const MAX_LOOK_S = 86_400;

/** Whether so many seconds may be between two looks; 0: nobody looks. */
export const isLookInterval = (seconds: number): boolean =>
  seconds === 0 || (Number.isInteger(seconds) && seconds >= MIN_LOOK_S && seconds <= MAX_LOOK_S);

/** What seconds between two looks have to be. */
export const LOOK_RULE = `must be 0, or a whole number from ${MIN_LOOK_S} to ${MAX_LOOK_S}`;

const lookInterval = parser((value) => {
  const seconds = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!isLookInterval(seconds)) throw new InvalidValue(LOOK_RULE);
  return seconds;
});

/** How often it is looked at what machines hosts have. */
export const inventorySettings = defineSettings('inventory', {
  machineLook: setting('CONTRACTOR_MACHINE_LOOK', lookInterval, {
    default: '300',
    doc: 'seconds between two looks at the machines of a complex, from 10 to 86400; a site may say otherwise; 0: nobody looks',
  }),
});
