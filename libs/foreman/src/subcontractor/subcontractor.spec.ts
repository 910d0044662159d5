import { describe, expect, it } from '@jest/globals';
import { given } from '#testing';
import { subcontractor, subcontractorId } from './subcontractor.ts';

const shown = { site: 'site1', agent: 'a1', transport: 'wire', modules: { ipmi: 5, ssh: 2 } } as const;
const appeared = { type: 'SubcontractorAppeared', data: shown } as const;
const show = { type: 'ShowSubcontractor', data: shown } as const;
const lose = { type: 'LoseSubcontractor', data: { lastSeen: '2026-01-01T00:00:00.000Z' } } as const;
const gone = { type: 'SubcontractorGone', data: lose.data } as const;
const forget = { type: 'ForgetSubcontractor', data: {} } as const;

describe('a subcontractor', () => {
  it('appears once, whoever notes it', () => {
    given(subcontractor).when(show).yields(appeared);
    given(subcontractor, appeared).when(show).yieldsNothing();
    const same = { ...show, data: { ...shown, modules: { ssh: 2, ipmi: 5 } } };
    given(subcontractor, appeared).when(same).yieldsNothing();
  });

  it('serves other modules, or with other limits', () => {
    const more = { transport: 'wire', modules: { ipmi: 6 } } as const;
    const changed = { type: 'SubcontractorModulesChanged', data: more } as const;
    given(subcontractor, appeared)
      .when({ ...show, data: { ...shown, ...more } })
      .yields(changed);
    given(subcontractor, appeared, changed)
      .when(show)
      .yields({
        type: 'SubcontractorModulesChanged',
        data: { transport: 'wire', modules: shown.modules },
      });
  });

  it('is gone once, and may come again', () => {
    given(subcontractor).when(lose).yieldsNothing();
    given(subcontractor, appeared).when(lose).yields(gone);
    given(subcontractor, appeared, gone).when(lose).yieldsNothing();
    given(subcontractor, appeared, gone).when(show).yields(appeared);
  });

  it('is forgotten only when it is gone', () => {
    given(subcontractor, appeared).when(forget).yieldsNothing();
    given(subcontractor, appeared, gone).when(forget).yields({ type: 'SubcontractorForgotten', data: {} });
    given(subcontractor).when(forget).yieldsNothing();
  });

  it.each([
    ['site1', 'agent1', 'site1.agent1'],
    ['site1', 'root@10.0.0.1', 'site1.root~4010~2e0~2e0~2e1'],
    [null, 'é/:', '~2a.~c3~a9~2f~3a'],
  ])('at %j called %j has the id %j', (site, agent, id) => {
    expect(subcontractorId(site, agent)).toBe(id);
  });
});
