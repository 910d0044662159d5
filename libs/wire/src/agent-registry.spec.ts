import { describe, expect, it } from '@jest/globals';
import type { AgentAtSite } from './wire.ts';
import { agentRegistry, LOOKED_INTO_MS, MAX_AGENTS, PRESUMED_MS } from './agent-registry.ts';

describe('the roster of agents', () => {
  it('counts an agent as gone after three of its own periods', () => {
    let now = 0;
    const present = agentRegistry(() => now);
    const says = (agent: string, every: number, modules: Record<string, number> = { ipmi: 1 }) =>
      present.note({ site: 'berlin' }, { agent, modules, every, lacking: [] });

    expect(says('slow', 100)).toEqual(['ipmi']);
    now = 299;
    expect(present.serves('berlin', 'ipmi')).toBe(true);
    expect(says('quick', 10)).toEqual([]);
    now = 301;
    expect(present.serves('berlin', 'ipmi')).toBe(true);
    now = 330;
    expect(present.serves('berlin', 'ipmi')).toBe(false);
    expect(says('quick', 10)).toEqual(['ipmi']);
    expect(says('quick', 10, {})).toEqual([]);
    expect(present.serves('berlin', 'ipmi')).toBe(false);
  });

  it('takes an announcement that says nothing new without looking into it, for some time', () => {
    let now = 0;
    const present = agentRegistry(() => now);
    const data = new TextEncoder().encode('the same');
    const presence = { agent: 'a', modules: { ipmi: 1 }, every: 10_000, lacking: [] };
    const says = (more: object = {}) =>
      present.note({ site: 'berlin', agent: 'a' }, { ...presence, ...more }, { subject: 's', data });
    expect(present.again('s', data)).toBe(false);
    says();
    now = LOOKED_INTO_MS - 1;
    expect(present.again('s', data)).toBe(true);
    expect(present.all()).toMatchObject([{ agent: 'a', modules: { ipmi: 1 }, silentMs: 0 }]);
    expect(present.again('s', new TextEncoder().encode('another'))).toBe(false);
    expect(present.again('other', data)).toBe(false);
    // It is looked into again, and there all the same.
    now = LOOKED_INTO_MS;
    expect(present.again('s', data)).toBe(false);
    now += 30_000 - 1;
    expect([present.serves('berlin', 'ipmi'), present.all()[0]?.silentMs]).toEqual([true, 29_999]);
    now += 1;
    expect([present.serves('berlin', 'ipmi'), present.again('s', data)]).toEqual([false, false]);
    // Who lacks something, leaves, or is rejected is looked into each time.
    says({ lacking: ['ipmi'] });
    expect(present.again('s', data)).toBe(false);
    says();
    present.forget('s');
    expect(present.again('s', data)).toBe(false);
    says({ modules: {} });
    expect([present.again('s', data), present.size]).toEqual([false, 0]);
  });

  it('takes those that are recorded to be there, until they have had the time to announce themselves', () => {
    let now = 0;
    const present = agentRegistry(() => now);
    const recorded: AgentAtSite[] = [
      { site: 'berlin', agent: 'a', modules: { ipmi: 1, ssh: 1 } },
      { site: 'berlin', agent: 'b', modules: { ipmi: 1 } },
      { site: 'paris', agent: 'c', modules: { ipmi: 1 } },
    ];
    expect(present.presume(recorded).map(({ site, module }) => `${site} ${module}`)).toEqual([
      'berlin ipmi',
      'berlin ssh',
      'paris ipmi',
    ]);
    // Nobody has heard of them.
    expect([present.size, present.all()]).toEqual([0, []]);
    // What one says itself counts, and that it leaves.
    const says = (agent: string, site: string, modules: Record<string, number>) =>
      present.note({ site, agent: 'U' }, { agent, modules, every: 1_000_000, lacking: [] });
    says('a', 'berlin', { ipmi: 1 });
    expect([present.serves('berlin', 'ssh'), present.serves('berlin', 'ipmi')]).toEqual([false, true]);
    says('c', 'paris', {});
    expect(present.serves('paris', 'ipmi')).toBe(false);
    says('a', 'berlin', {});
    now = PRESUMED_MS - 1;
    expect(present.serves('berlin', 'ipmi')).toBe(true);
    now = PRESUMED_MS;
    expect(present.serves('berlin', 'ipmi')).toBe(false);
  });

  it('remembers so many agents and no more, until some have gone', () => {
    let now = 0;
    const present = agentRegistry(() => now);
    const says = (agent: string) =>
      present.note({ site: 'berlin' }, { agent, modules: { ipmi: 1 }, every: 100, lacking: [] });
    for (let n = 0; n < MAX_AGENTS; n += 1) says(`a${n}`);
    present.note({ site: 'paris' }, { agent: 'late', modules: { ipmi: 1 }, every: 100, lacking: [] });
    expect([present.size, present.serves('paris', 'ipmi')]).toEqual([MAX_AGENTS, false]);
    now = 301;
    expect(present.size).toBe(0);
    expect(present.note({ site: 'paris' }, { agent: 'late', modules: { ipmi: 1 }, every: 100, lacking: [] })).toEqual([
      'ipmi',
    ]);
  });

  it('lets no agent speak for one of another identity', () => {
    const present = agentRegistry(() => 0);
    const about = { agent: 'a', every: 1, lacking: [] };
    present.note({ site: 'berlin', agent: 'UA' }, { ...about, modules: { ipmi: 1 } });
    present.note({ site: 'berlin', agent: 'UB' }, { ...about, modules: {} });
    expect(present.serves('berlin', 'ipmi')).toBe(true);
    present.note({ site: 'berlin', agent: 'UA' }, { ...about, modules: {} });
    expect(present.serves('berlin', 'ipmi')).toBe(false);
  });

  it('keeps sites and modules apart', () => {
    const present = agentRegistry(() => 0);
    present.note({ site: 'berlin' }, { agent: 'a', modules: { ipmi: 1, ssh: 0 }, every: 1, lacking: [] });
    expect(present.serves('berlin', 'ssh')).toBe(false);
    expect(present.serves('Berlin', 'ipmi')).toBe(false);
    expect(present.serves('berlin', 'constructor')).toBe(false);
  });
});
