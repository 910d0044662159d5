import { describe, expect, it } from '@jest/globals';
import { whoGoes } from './make-room.ts';

const at = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000000+00:00`;
const waiting = (...minutes: readonly number[]) => minutes.map((minute) => ({ key: `m${minute}`, heard: at(minute) }));
const going = (list: ReturnType<typeof waiting>, most: number) => whoGoes(list, at(30), most)?.map(({ key }) => key);

describe('where one more machine waits', () => {
  it.each<[string, ReturnType<typeof waiting>, number, readonly string[] | undefined]>([
    ['nobody goes while there is room', waiting(1, 2), 3, []],
    ['the one that was silent for longest goes', waiting(5, 2, 29), 3, ['m2']],
    ['several go where there are too many', waiting(5, 2, 7, 29), 3, ['m2', 'm5']],
    ['nobody goes who is still there', waiting(25, 28, 29), 3, undefined],
  ])('%s', (_, list, most, gone) => expect(going(list, most)).toEqual(gone));
});
