import type { Command } from '../command.ts';
import { Misuse, told, valueOf } from '../command.ts';
import { BY_SITE } from './filters.ts';
import { known } from './known-models.ts';
import type { Noun } from './noun.ts';
import { commandsOf, pathOf } from './noun.ts';

/** Standing requests to be heard before jobs begin. */
const rule: Noun = {
  words: 'hold rule',
  model: 'Foreman/HoldRule',
  called: ['a hold rule', 'hold rules'],
  id: 'RULE',
  needs: 'requires a Hold Rule Id argument',
  list: {
    ID: 'id',
    SITE: 'site',
    BLUEPRINT: 'blueprint',
    KIND: 'target_kind',
    TARGET: 'target',
    SCRIPTS: 'scripts',
    HOLDER: 'holder',
    SECONDS: 'seconds',
    THEN: 'when_over',
    DESCRIPTION: 'description',
  },
  get: {
    Id: 'id',
    Description: 'description',
    Site: 'site',
    Blueprint: 'blueprint',
    'Target Kind': 'target_kind',
    Target: 'target',
    Labels: 'labels',
    Scripts: 'scripts',
    Holder: 'holder',
    Seconds: 'seconds',
    'When Over': 'when_over',
    Created: 'created',
    Updated: 'updated',
  },
  options: {
    description: { short: 'd', value: 'TEXT', does: 'what has to be done before', required: true },
    script: {
      field: 'scripts',
      kind: 'texts',
      does: 'hold jobs of this script: destroy, or a utility script',
      required: true,
    },
    seconds: { value: 'N', kind: 'integer', does: 'how long at the most', required: true },
    'when-over': {
      value: 'WHAT',
      does: 'what becomes of a job then: fail unless said otherwise',
      choices: ['proceed', 'fail'],
    },
    site: { short: 's', does: 'only at this site, or at one within it', of: 'Site/Site', only: 'create' },
    blueprint: { short: 'b', does: 'only what is made from this blueprint, or from one that comes from it' },
    kind: { field: 'target_kind', does: 'only targets of this kind: Foundation, Structure, Dependency' },
    target: { value: 'ID', does: 'only the target of this id' },
    labels: { kind: 'json', value: 'JSON', does: 'only targets that have all these labels' },
    holder: { value: 'NAME', does: 'the user or service that alone may release its holds' },
  },
  filters: BY_SITE,
};

/** What holds a job back before it begins. */
const hold: Noun = {
  words: 'hold',
  model: 'Foreman/Hold',
  called: ['a hold', 'holds that are open'],
  id: 'HOLD',
  needs: 'requires a Hold Id argument',
  list: {
    ID: 'id',
    JOB: 'job',
    SITE: 'site',
    TARGET: ({ target_kind: kind, target }) => `${String(kind)} ${String(target)}`,
    SCRIPT: 'script',
    HOLDER: 'holder',
    STATE: 'state',
    UNTIL: 'until',
    THEN: 'when_over',
    DESCRIPTION: 'description',
  },
  get: {
    Id: 'id',
    Job: 'job',
    Rule: 'rule',
    Description: 'description',
    Site: 'site',
    Target: ({ target_kind: kind, target }) => `${String(kind)} ${String(target)}`,
    Script: 'script',
    Holder: 'holder',
    State: 'state',
    Until: 'until',
    'When Over': 'when_over',
    Created: 'created',
    Updated: 'updated',
  },
  filters: {
    ...BY_SITE,
    job: { type: 'string', value: 'JOB', filter: 'job', parameter: 'job', does: 'only those of this job' },
    rule: {
      type: 'string',
      value: 'RULE',
      filter: 'rule',
      parameter: 'rule',
      does: 'only those of this rule',
      completes: { model: rule.model },
    },
    holder: { type: 'string', value: 'NAME', filter: 'holder', parameter: 'holder', does: 'only those of this holder' },
  },
  verbs: ['list', 'get'],
};

/** Says something about holds that were named. */
const acting = (action: 'release' | 'override', done: string, does: string): Command => {
  const needsReason = action === 'override';
  return known(hold.model, {
    usage: `HOLD… ${needsReason ? '--reason TEXT' : '[--reason TEXT]'}`,
    does,
    names: [1, Number.POSITIVE_INFINITY],
    needs: hold.needs,
    completes: [{ model: hold.model }],
    options: { reason: { type: 'string', value: 'TEXT', does: 'why; it is kept in the log' } },
    run: async (asked, { client }) => {
      const reason = valueOf(asked, 'reason');
      if (needsReason && reason === undefined) throw new Misuse('say --reason');
      for (const id of asked.names) {
        await client.call(pathOf(hold.model, id, action), reason === undefined ? {} : { reason });
      }
      return told(`${done} ${asked.names.join(', ')}`, asked.names);
    },
  });
};

/** Commands about holds: who is to be heard before jobs begin. */
export const holdCommands: Readonly<Record<string, Command>> = {
  ...commandsOf(hold),
  'hold release': acting('release', 'released', 'have jobs go on, as far as these holds are concerned'),
  'hold override': acting('override', 'overrode', 'have jobs go on though these holds are not released'),
  ...commandsOf(rule),
};
