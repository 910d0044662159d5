import { expect, it } from '@jest/globals';
import { isUseful, jobActions } from './job-actions.ts';

const offered = (state: string) => jobActions.filter(({ states }) => states.includes(state)).map(({ label }) => label);

it.each([
  ['waiting', ['Cancel', 'Ignore window']],
  ['queued', ['Pause', 'Cancel', 'Force', 'Clear dispatched']],
  ['paused', ['Resume', 'Cancel']],
  ['error', ['Reset', 'Rollback', 'Cancel']],
  ['aborted', ['Cancel']],
  ['done', []],
])('with a job that is %s can be done: %j', (state, labels) => expect(offered(state)).toEqual(labels));

it('a window is only ignored where a job waits for one', () => {
  const useful = (names: string[]) =>
    jobActions
      .filter((one) =>
        isUseful(
          one,
          names.map((name) => ({ name })),
        ),
      )
      .map(({ name }) => name);
  expect(useful(['limit'])).not.toContain('ignoreWindow');
  expect(useful(['limit', 'window'])).toContain('ignoreWindow');
  expect(useful([])).toContain('cancel');
});
