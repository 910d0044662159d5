import type { HostModule, InlineFunction } from '#tscript';
import { Interrupt, ParameterError, textOf } from '#tscript';
import type { BootSignal } from './job-messages.ts';

/** What a script says of the signal it waits for, told when the pass is over. */
export class SignalEffect {
  constructor(
    /** The PXE of the machine whose signal is awaited from now on. */
    readonly pxe: string,
  ) {}
}

/** By what a machine says that it is done: `12(disk-wipe)`; before a script has named a PXE, that is `None`. */
export const signalCookie = (job: number, { pxe }: Pick<BootSignal, 'pxe'>): string => `${job}(${pxe ?? 'None'})`;

/**
 * The script module `signaling`, by which a script waits for a machine that it has booted. What one pass says in it holds
 * for the rest of that pass.
 * @param signal the signal as the stream of the job has it
 */
export function signalingModule(signal: BootSignal): HostModule {
  let current = signal;
  const reset: InlineFunction = {
    kind: 'inline',
    call(parameters, context) {
      onlyParameter(parameters, 'pxe_name');
      if (!Object.hasOwn(parameters, 'pxe_name')) throw new ParameterError('pxe_name', 'required');
      const pxe = textOf(parameters['pxe_name'] ?? null);
      current = { pxe, complete: false };
      context.effect(new SignalEffect(pxe));
      return null;
    },
  };
  const wait: InlineFunction = {
    kind: 'inline',
    call(parameters) {
      onlyParameter(parameters);
      if (!current.complete) throw new Interrupt('Waiting for Complete Signal');
      return null;
    },
  };
  return {
    members: { complete: { get: () => current.complete } },
    functions: { reset, wait_for_completion: wait },
  };
}

/** @throws ParameterError for any other than those named */
function onlyParameter(parameters: Readonly<Record<string, unknown>>, ...known: readonly string[]): void {
  const surplus = Object.keys(parameters).find((name) => !known.includes(name));
  if (surplus !== undefined) throw new ParameterError(surplus, 'is not known');
}
