import type { TouchedStream, UndoRule } from '#event-sourcing';
import { FIELDS, notUndone, undoNoun, undoRegister } from '#event-sourcing';
import { shownBesides } from '#read-store';
import { siteFor } from '#site';
import { holdRules } from './holds/hold-rules.ts';
import { job } from './job.ts';
import type { JobTargetRegistry } from './job-target.ts';
import { limit } from './limits/limit.ts';
import { limits } from './limits/limits.ts';
import { program } from './program.ts';
import { subcontractor } from './subcontractor/subcontractor.ts';
import { wave } from './waves/wave.ts';
import { maintenanceWindows } from './windows/maintenance-windows.ts';
import { maintenanceWindow } from './windows/window.ts';

const STEERED = {
  instead: 'what a job has done is not taken back; have another job do the opposite, or steer the job itself',
  parts: [],
};
const SAID = [FIELDS];

type LimitState = ReturnType<(typeof limit)['initial']>;

const jobUndo: UndoRule = {
  category: job.category,
  decider: job,
  events: {
    ...Object.fromEntries(Object.keys(job.evolve).map((type) => [type, STEERED])),
    JobCreated: ['job'],
  },
  // A job that was cancelled before it did anything stays on record; there is nothing to take back.
  undo: async (work, { id }) => {
    const found = await work.load(job, id);
    if (found?.canceled === true && found.steps === 0) return;
    const instead =
      found?.stage === 'ended'
        ? 'have another job do the opposite'
        : `cancel it first (Foreman/BaseJob/${id}, cancel); where it has done something, have another job do the opposite`;
    work.fault('', 'NOT_UNDOABLE', `the job was created by the request: ${instead}`);
  },
};

const limitUndo = (targets: Pick<JobTargetRegistry, 'hasComplex'>): UndoRule => ({
  category: limit.category,
  decider: limit,
  model: 'Foreman/Limit',
  rows: limits,
  events: { LimitSet: SAID, LimitRemoved: SAID, LimitRestored: SAID, LimitAdmitted: [] },
  exists: (state) => (state as LimitState).limit !== undefined,
  undo: async (work, { id, before, rowBefore }: TouchedStream<LimitState>) => {
    const value = before.limit ?? null;
    const shown = value === null ? {} : shownBesides(rowBefore ?? {}, value, []);
    await work.decide(limit, id, { type: 'RestoreLimit', data: { value, shown } });
  },
  check: async (work, id) => {
    const { limit: set } = await work.load(limit, id);
    if (!set) return;
    await siteFor(work, 'site', set.site);
    if (set.complex !== null && !(await targets.hasComplex(work, set.complex))) {
      work.fault('complex', 'INVALID_VALUE', `there is no complex ${set.complex}`);
    }
  },
});

/** Since when there is a rule that is put back. */
interface Created {
  readonly created?: string;
}

const ruleOf = ({ rule }: { readonly rule: number }): readonly string[] => [String(rule)];

const holdRuleUndo = undoRegister(holdRules, {
  events: { HoldRuleAdded: ruleOf, HoldRuleChanged: ruleOf, HoldRuleRemoved: ruleOf },
  undo: async (work, { id, before, parts, firstBefore }) => {
    const now = await work.load(holdRules, id);
    for (const part of parts) {
      const rule = Number(part);
      const was = before.get(rule);
      if (!was) await work.decide(holdRules, id, { type: 'RemoveHoldRule', data: { rule } });
      else if (now.has(rule)) await work.decide(holdRules, id, { type: 'ChangeHoldRule', data: { ...was, rule } });
      else {
        const added = firstBefore.get(part);
        const created = (added?.data as Created | undefined)?.created ?? added?.at ?? '';
        await work.decide(holdRules, id, { type: 'AddHoldRule', data: { ...was, rule, created } });
      }
    }
  },
});

/** How what a request did to jobs, limits and windows is undone, or why not. */
export const foremanUndos = (targets: Pick<JobTargetRegistry, 'hasComplex'>): readonly UndoRule[] => [
  jobUndo,
  // Nobody sees a program that no job runs.
  undoRegister(program, { events: { ProgramStored: [] }, undo: async () => undefined }),
  limitUndo(targets),
  undoNoun(maintenanceWindow, {
    model: 'Foreman/MaintenanceWindow',
    rows: maintenanceWindows,
    check: async (work, _, { site }) => void (await siteFor(work, 'site', site)),
  }),
  holdRuleUndo,
  notUndone(wave, 'cancel the wave (Foreman/Wave, cancel); it can be deleted when it is over'),
  notUndone(subcontractor, 'it is what the subcontractor itself has told'),
];
