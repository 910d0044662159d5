import { describe, expect, it } from '@jest/globals';
import { agentRegistry, MAX_AGENTS } from './agent-registry.ts';

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
