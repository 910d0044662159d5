import { expect, it } from '@jest/globals';
import { CommandContext } from './command-context.ts';
import { NamedCommand } from './named-command.ts';

class Tidy extends NamedCommand {}

const NOW = '2026-01-01T00:00:00.000000+00:00';

it('a command is sent with its context, and its handler finds it', () => {
  const command = new Tidy();
  const context = CommandContext.system(NOW, 'r-1', 'foreman');
  context.attachTo(command);
  expect(CommandContext.from(command)).toBe(context);
});

it('a command that was sent without one is a bug', () => {
  expect(() => CommandContext.from(new Tidy())).toThrow('Tidy was sent without a context');
});

it('what Contractor does on its own is its own beginning, with an id of its own unless it has one', () => {
  const { metadata, caller, now, faults, lastFaults, preconditions } = CommandContext.system(NOW, 'r-1', 'foreman');
  expect(metadata).toEqual({ actor: 'foreman', request: 'r-1', correlation: 'r-1' });
  expect([caller, now, faults, lastFaults, preconditions]).toEqual([undefined, NOW, [], [], []]);
  const [one, other] = [CommandContext.system(NOW).metadata, CommandContext.system(NOW).metadata];
  expect(one).toMatchObject({ actor: 'system', correlation: one.request });
  expect(one.request).not.toBe(other.request);
});
