import type { AddressGroup, Outcome } from './check-case.ts';

/** A decision to do something otherwise than it was recorded: which cases it is about, and what must hold of them. */
interface Rule {
  readonly name: string;
  /** Why it is decided so. */
  readonly reason: string;
  readonly group: AddressGroup;
  readonly explains: (input: unknown, recorded: Outcome, outcome: Outcome) => boolean;
}

const OCTETS = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/;
const GROUPS = /^[0-9a-f]{1,4}$/i;

/** Whether it was taken, and is refused in these words. */
const refused = ({ answer }: Outcome, { error }: Outcome, text: string): boolean =>
  answer !== undefined && error === text;

/** The decisions, in the order in which they are tried. */
export const decidedRules: readonly Rule[] = [
  {
    name: 'a dotted address has four plain decimal parts',
    reason: 'Leading zeros are octal to some and decimal to others; signs, blanks and underscores are mistakes.',
    group: 'ip_parse',
    explains: (input, recorded, outcome) =>
      typeof input === 'string' &&
      !input.includes(':') &&
      !OCTETS.test(input) &&
      refused(recorded, outcome, 'Invalid IPv4 Address'),
  },
  {
    name: 'an IPv4-mapped address begins with two colons',
    reason: 'One colon is no notation of RFC 4291, two are.',
    group: 'ip_parse',
    explains: (input, recorded, outcome) => {
      if (typeof input !== 'string') return false;
      if (/^:ffff:[^:]*\.[^:]*$/i.test(input)) return refused(recorded, outcome, 'Invalid IPv6 Address');
      const dotted = /^::ffff:([^:]+)$/i.exec(input)?.[1];
      if (dotted === undefined || recorded.error === undefined || !OCTETS.test(dotted)) return false;
      return (outcome.answer as { readonly text: unknown }).text === dotted;
    },
  },
  {
    name: 'two colons may stand for one group',
    reason: 'RFC 4291 lets them stand for one or more groups.',
    group: 'ip_parse',
    explains: (input, recorded, outcome) => {
      if (typeof input !== 'string' || recorded.error !== 'Invalid IPv6 Address') return false;
      const groups = input.split(':').filter((group) => group !== '');
      const there = input.split('::').length === 2 && groups.length === 7 && groups.every((one) => GROUPS.test(one));
      return there && outcome.answer !== undefined;
    },
  },
  {
    name: 'an IPv6 address has groups of one to four digits, eight of them or two colons',
    reason: 'What has longer groups, signs, a lone colon at its end or too few groups is no address.',
    group: 'ip_parse',
    explains: (input, recorded, outcome) => {
      if (typeof input !== 'string' || !input.includes(':') || outcome.error !== 'Invalid IPv6 Address') return false;
      const groups = input.split(':').filter((group) => group !== '');
      const whole = groups.length === 8 || input.includes('::');
      const loose = /^:[^:]|[^:]:$/.test(input);
      const wrong = loose || !whole || groups.some((one) => !GROUPS.test(one));
      return wrong && (recorded.answer !== undefined || recorded.error === 'list index out of range');
    },
  },
  {
    name: 'a MAC may have dashes',
    reason: 'Windows and many switches write it so.',
    group: 'mac',
    explains: (input, recorded, { answer }) =>
      typeof input === 'string' &&
      /^[0-9a-f]{2}(?:-[0-9a-f]{2}){5}$/i.test(input) &&
      recorded.error !== undefined &&
      answer === input.toLowerCase().replaceAll('-', ':'),
  },
  {
    name: 'a MAC has twelve digits and nothing else',
    reason: 'What is longer was cut, or kept as it was.',
    group: 'mac',
    explains: (input, recorded, { error }) =>
      typeof input === 'string' &&
      !/^[0-9a-f]{12}$/i.test(input.replaceAll(/[.:-]/g, '')) &&
      typeof recorded.answer === 'string' &&
      error !== undefined,
  },
];
