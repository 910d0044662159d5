import { useClock } from '../clock.ts';
import { durationText } from '../durations.ts';

/** How long something took, or takes until now. */
export const Took = ({ from, to }: { readonly from: string; readonly to: string | null }) =>
  to === null ? <TakesSince from={from} /> : durationText(Date.parse(to) - Date.parse(from));

const TakesSince = ({ from }: { readonly from: string }) => durationText(useClock() - Date.parse(from));
