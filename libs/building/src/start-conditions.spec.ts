import { describe, expect, it } from '@jest/globals';
import { blueprints } from '#blueprint';
import type { Condition } from '#foreman';
import type { FoundationType } from '#platform';
import { foundationRow, structureRow, viewOfRows } from '../test/view-of-rows.ts';
import { complexes } from './complex/complexes.ts';
import { dependencies } from './dependency/dependencies.ts';
import { foundations } from './foundations.ts';
import { dependencyConditions, foundationConditions, structureConditions } from './start-conditions.ts';
import { structures } from './structure/structures.ts';

const NOT = { locatedAt: null, builtAt: null };
const dependencyRow = (more: object) => ({
  foundation: null,
  structure: null,
  dependency: null,
  builtAt: null,
  job: null,
  ...more,
});
const BUILT = '2026-01-01T00:00:00.000000+00:00';

const view = viewOfRows([
  [
    foundations as never,
    {
      free: foundationRow({ ...NOT, type: 'Test', idMap: null }),
      measured: foundationRow({ ...NOT, type: 'Test', blueprint: 'strict-child', idMap: null }),
      surveyed: foundationRow({ ...NOT, type: 'Surveyed', idMap: {} }),
      carried: foundationRow({ ...NOT, type: 'Carried', complex: 'c', idMap: {} }),
      found: foundationRow({ builtAt: null, type: 'Carried', complex: 'c', idMap: {} }),
      orphan: foundationRow({ ...NOT, type: 'Carried', complex: 'gone', idMap: {} }),
      bound: foundationRow({ ...NOT, type: 'Test', dependency: 1, idMap: {} }),
      under: foundationRow({ type: 'Test', structure: 1 }),
      bare: foundationRow({ type: 'Test' }),
    },
  ],
  [
    structures as never,
    {
      1: structureRow('web1', { foundation: 'under', job: { job: 7, script: 'destroy' } }),
      2: structureRow('web2', { foundation: 'free', builtAt: null }),
      3: structureRow('web3', { foundation: 'under', builtAt: null }),
      4: structureRow('web4', { foundation: 'bare' }),
    },
  ],
  [
    dependencies as never,
    {
      1: dependencyRow({ structure: 2, foundation: 'bound' }),
      2: dependencyRow({ dependency: 1 }),
      3: dependencyRow({ structure: 1, builtAt: BUILT, job: { job: 8, script: 'create' } }),
      4: dependencyRow({ structure: 4, builtAt: BUILT, foundation: 'under' }),
      5: dependencyRow({ dependency: 3, builtAt: BUILT }),
      6: dependencyRow({ structure: 77 }),
    },
  ],
  [complexes as never, { c: { members: [{ structure: 1 }, { structure: 2 }, { structure: 3 }], builtPercentage: 90 } }],
  [
    blueprints as never,
    {
      base: { kind: 'foundation', parents: [] },
      strict: { kind: 'foundation', parents: [], validationTemplate: { 'cpu.count': '4' } },
      'strict-child': { kind: 'foundation', parents: ['base', 'strict'], validationTemplate: {} },
    },
  ],
]);

const HOW: Readonly<Record<string, FoundationType['locates']>> = {
  Test: 'by-itself',
  Surveyed: 'by-survey',
  Carried: 'with-complex',
};
const findType = (type: string) => ({ locates: HOW[type] }) as FoundationType;
const told = (found: readonly Condition[]) =>
  found.map(({ name, text, links }) =>
    [`${name}: ${text}`, ...links.map(({ model, id }) => `${model} ${id}`)].join(' | '),
  );

describe('what keeps a job from beginning', () => {
  it.each([
    ['free', 'create', []],
    ['free', 'utility', []],
    ['gone', 'create', ['target-gone: Its target is not there any more']],
    [
      'measured',
      'create',
      [
        'id-map-missing: blueprint strict-child has a validation template, and foundation measured has no id map | BluePrint/FoundationBluePrint strict-child | Building/Foundation measured',
      ],
    ],
    [
      'surveyed',
      'create',
      [
        'foundation-not-located: foundation surveyed is planned: it has to be located by a survey | Building/Foundation surveyed',
      ],
    ],
    [
      'carried',
      'create',
      ['complex-not-built: complex c is 33 % of 90 %: 1 of 3 members are built | Building/Complex c'],
    ],
    [
      'found',
      'create',
      ['complex-not-built: complex c is 33 % of 90 %: 1 of 3 members are built | Building/Complex c'],
    ],
    ['orphan', 'create', ['complex-not-built: complex gone is not there any more']],
    ['bound', 'create', ['dependency-not-built: dependency 1 is planned | Building/Dependency 1']],
    ['free', 'destroy', ['not-built: foundation free is planned | Building/Foundation free']],
    [
      'under',
      'destroy',
      [
        'structure-not-planned: structure web1 on it is built | Building/Structure 1',
        'has-job: job 7 is at work on structure web1 | Foreman/BaseJob 7',
      ],
    ],
    ['bare', 'destroy', []],
  ])('of the foundation %s, to %s', async (locator, script, texts) => {
    expect(told(await foundationConditions(view, locator, script, findType))).toEqual(texts);
  });

  it.each([
    [2, 'create', ['foundation-not-built: foundation free is planned | Building/Foundation free']],
    [3, 'create', []],
    [1, 'create', ['already-built: structure 1 is built already | Building/Structure 1']],
    [2, 'destroy', ['not-built: structure 2 is planned | Building/Structure 2']],
    [
      1,
      'destroy',
      [
        'dependency-not-planned: dependency 3 is built | Building/Dependency 3',
        'has-job: job 8 is at work on dependency 3 | Foreman/BaseJob 8',
      ],
    ],
    [2, 'utility', []],
    [9, 'create', ['target-gone: Its target is not there any more']],
  ])('of the structure %d, to %s', async (id, script, texts) => {
    expect(told(await structureConditions(view, id, script))).toEqual(texts);
  });

  it.each([
    [1, 'create', ['structure-not-built: structure web2 is planned | Building/Structure 2']],
    [2, 'create', ['dependency-not-built: dependency 1 is planned | Building/Dependency 1']],
    [6, 'create', ['target-gone: what dependency 6 hangs on is not there any more']],
    [3, 'create', ['already-built: dependency 3 is built already | Building/Dependency 3']],
    [1, 'destroy', ['not-built: dependency 1 is planned | Building/Dependency 1']],
    [3, 'destroy', ['dependency-not-planned: dependency 5 is built | Building/Dependency 5']],
    [4, 'destroy', ['foundation-not-planned: foundation under is built | Building/Foundation under']],
    [5, 'destroy', []],
    [9, 'destroy', ['target-gone: Its target is not there any more']],
  ])('of the dependency %d, to %s', async (id, script, texts) => {
    expect(told(await dependencyConditions(view, id, script))).toEqual(texts);
  });
});
