import { describe, expect, it } from '@jest/globals';
import { machine, subnet } from '../../test/example-subnets.ts';
import type { KeaMap } from './kea-json.ts';
import { CannotAsk, offersLeases, questionsFor } from './prove-service.ts';

const [WEB1, WEB2, WEB3] = ['52:54:00:00:00:01', '52:54:00:00:00:02', '52:54:00:00:00:03'];
const PROBE = '02:00:00:00:00:01';

describe('questions', () => {
  it('are of somebody in each subnet first, and of others then', () => {
    const first = subnet({
      machines: [machine(WEB1, '10.77.0.11'), machine(WEB2, '10.77.0.12')],
      pool: ['10.77.0.100'],
    });
    const second = subnet({ subnet: '10.78.0.0/24', pool: ['10.78.0.100'] });
    const third = subnet({ subnet: '10.79.0.0/24', machines: [machine(WEB3, '10.79.0.11')] });
    expect(questionsFor([first, second, third], new Map([['10.79.0.0/24', ['10.9.0.1']]]))).toEqual([
      { mac: WEB1, giaddr: '10.77.0.1' },
      { mac: PROBE, giaddr: '10.78.0.1' },
      { mac: WEB3, giaddr: '10.9.0.1' },
      { mac: PROBE, giaddr: '10.77.0.1' },
      { mac: WEB2, giaddr: '10.77.0.1' },
    ]);
    expect(questionsFor([subnet()], new Map())).toEqual([]);
  });

  it('are not many', () => {
    const many = Array.from({ length: 30 }, (_, n) => subnet({ subnet: `10.${n}.0.0/24`, pool: [`10.${n}.0.9`] }));
    expect(questionsFor(many, new Map())).toHaveLength(10);
  });
});

describe('a proof', () => {
  const questions = [
    { mac: WEB1, giaddr: '10.77.0.1' },
    { mac: WEB2, giaddr: '10.77.0.1' },
  ];
  const target = { address: '127.0.0.1', port: 67 };
  /** A Kea that counts what it does with each question. */
  const proved = (outcomes: Readonly<Record<string, string>>, fault?: Error) => {
    const counts: Record<string, number> = {};
    const ask = async (_: string, parameters: KeaMap = {}) => {
      const name = parameters['name'] as string;
      return { [name]: [[counts[name] ?? 0, '']] };
    };
    const send = async ({ mac }: { readonly mac: string }) => {
      if (fault) throw fault;
      const counted = outcomes[mac];
      if (counted !== undefined) counts[counted] = (counts[counted] ?? 0) + 1;
    };
    return offersLeases(ask, questions, target, { send, waitMs: 60 });
  };
  const full = { [WEB1]: 'v4-allocation-fail-no-pools' };

  it('is that any of them is offered a lease', async () => {
    expect(await proved({ ...full, [WEB2]: 'pkt4-offer-sent' })).toBe('offers');
  });

  it.each([
    ['nothing free', full],
    ['nothing free', { [WEB2]: 'v4-allocation-fail' }],
    ['silent', {}],
  ])('is %j where Kea counts %j', async (proof, outcomes) => expect(await proved(outcomes)).toBe(proof));

  it('cannot be had where nobody can be asked', async () => {
    await expect(proved({}, new Error('send EPERM'))).rejects.toMatchObject({
      constructor: CannotAsk,
      message: 'a lease cannot be asked for: send EPERM',
    });
    expect(await offersLeases(async () => null, [], target)).toBe('unknown');
  });
});
