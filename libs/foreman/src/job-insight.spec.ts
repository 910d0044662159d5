import { describe, expect, it } from '@jest/globals';
import { dispatch, order } from '../test/example-jobs.ts';
import type { DispatchLedger } from './dispatch-ledger.ts';
import { JobInsight, UNTAKEN_MS } from './job-insight.ts';
import type { JobRow } from './jobs.ts';
import { StalledJobs } from './stalled-jobs.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const ago = (milliseconds: number): string => new Date(NOW - milliseconds).toISOString();
const row = (changes: Partial<JobRow> = {}) =>
  ({
    site: 'site1',
    stage: 'queued',
    order,
    dispatch: null,
    observing: false,
    updated: ago(UNTAKEN_MS),
    ...changes,
  }) as JobRow;

describe('what a job waits for', () => {
  const stalled = new StalledJobs();
  const insight = new JobInsight(stalled, {} as DispatchLedger, { millis: () => NOW });

  it('is an agent, where none takes its task, and what is to be looked for', () => {
    const { updated } = row();
    expect(insight.waitsFor(12, row({ updated }))).toBe(
      `Waiting for an agent to take lab.work (task 12-1) since ${updated}: ` +
        'is there a subcontractor of site "site1" with module "lab"?',
    );
  });

  it.each([
    ['where its task is new', { updated: ago(UNTAKEN_MS / 2) }],
    ['where an agent has it', { dispatch }],
    ['where it has none', { order: null }],
    ['where it is paused', { stage: 'paused' }],
    ['where an agent is asked what became of it, as the job says itself', { observing: true }],
  ] as const)('is nothing %s', (_, changes) => {
    expect(insight.waitsFor(12, row(changes))).toBeUndefined();
  });

  it('is the database, where that is away', () => {
    stalled.stall(12, new Error('no space'));
    expect(insight.waitsFor(12, row())).toBe('Waiting for the database: no space');
  });
});
