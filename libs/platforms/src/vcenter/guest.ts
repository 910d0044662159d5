import type { AgentParametersOf } from '#platform';
import { untilReady } from '../http/until-ready.ts';
import { element } from '../xml/xml.ts';
import type { VcenterContract } from './contract.ts';
import { propertiesOf } from './inventory.ts';
import { theMachine } from './machines.ts';
import type { Vim } from './session.ts';
import { refElement, refOf, typed } from './session.ts';

type Order = Omit<AgentParametersOf<VcenterContract, 'execute'>, 'connection'>;

/** Runs a program in the guest. @returns its exit code, or why it did not run @throws Error where its time is over */
export async function runInGuest(
  vim: Vim,
  { username, password, program, args, dir, timeout, ...its }: Order,
  { signal, pausesMs }: { readonly signal: AbortSignal; readonly pausesMs: readonly number[] | undefined },
): Promise<{ readonly rc: number } | { readonly error: string }> {
  const machine = await theMachine(vim, its);
  const tools = (await propertiesOf(vim, machine, 'guest.toolsRunningStatus'))['guest.toolsRunningStatus']?.text;
  if (tools !== 'guestToolsRunning') {
    return { error: `the tools of VMware do not run in it ("${tools ?? 'not installed'}")` };
  }
  const managers = await propertiesOf(vim, vim.service('guestOperationsManager'), 'processManager');
  const processes = managers['processManager'];
  if (!processes) throw new Error(`${vim.host} runs nothing in guests`);
  const login = typed('auth', 'NamePasswordAuthentication', [
    element('interactiveSession', false),
    element('username', username),
    element('password', password.reveal()),
  ]);
  const on = [refElement('vm', machine), login];
  const spec = element('spec', [
    element('programPath', program),
    element('arguments', args.reveal()),
    element('workingDirectory', dir),
  ]);
  const pid = (await vim.call('StartProgramInGuest', refOf(processes), [on, spec])).at('returnval')?.text;
  if (pid === undefined) throw new Error(`${vim.host} does not say which process it has started`);
  const deadline = Date.now() + timeout * 1000;
  const look = async (): Promise<number | undefined> => {
    const found = await vim.call('ListProcessesInGuest', refOf(processes), [on, element('pids', pid)]);
    const code = found.at('returnval', 'exitCode')?.text;
    if (code !== undefined) return Number(code);
    if (Date.now() >= deadline) throw new Error(`the program still runs after ${timeout} seconds`);
    return undefined;
  };
  return { rc: await untilReady(look, signal, pausesMs) };
}
