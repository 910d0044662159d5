import type { Decider, Lifecycle, LifecycleCommand, LifecycleEvent, Message } from '#kernel';
import { lifecycle, refuse } from '#kernel';

/** What a machine boots over the network, and the answers its installer fetches. */
export interface Pxe {
  /** For iPXE; rendered with the configuration of the machine. */
  bootScript: string;
  /** The answer file of the installer; rendered likewise. */
  template: string;
}

export type PxeCommand =
  | Message<'DefinePxe', Readonly<Pxe> & { readonly name: string }>
  | Message<'ChangePxe', Partial<Readonly<Pxe>>>
  | LifecycleCommand<'Pxe'>;

export type PxeEvent =
  | Message<'PxeDefined', Readonly<Pxe>>
  | Message<'BootScriptWritten', { readonly bootScript: string }>
  | Message<'PxeTemplateWritten', { readonly template: string }>
  | LifecycleEvent<'Pxe'>;

const rules = lifecycle('Pxe');

const set = (data: Partial<Pxe>, state: Lifecycle<Pxe>): Lifecycle<Pxe> =>
  state.stage === 'active' ? { ...state, value: { ...state.value, ...data } } : state;

export const pxe: Decider<Lifecycle<Pxe>, PxeCommand, PxeEvent> = {
  category: 'pxe',
  creationCommands: ['DefinePxe'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    DefinePxe: ({ bootScript, template }, state) =>
      state.stage === 'active' || state.stage === 'deleting'
        ? refuse('name', 'TAKEN', 'PXE with this Name already exists.')
        : { type: 'PxeDefined', data: { bootScript, template } },
    ChangePxe: ({ bootScript, template }, state) => {
      if (state.stage !== 'active') return refuse('', 'NOT_FOUND', 'PXE is not there');
      const events: PxeEvent[] = [];
      if (bootScript !== undefined && bootScript !== state.value.bootScript) {
        events.push({ type: 'BootScriptWritten', data: { bootScript } });
      }
      if (template !== undefined && template !== state.value.template) {
        events.push({ type: 'PxeTemplateWritten', data: { template } });
      }
      return events;
    },
    ...rules.decide,
  },
  evolve: {
    PxeDefined: (data) => ({ stage: 'active', value: { ...data } }),
    BootScriptWritten: set,
    PxeTemplateWritten: set,
    ...rules.evolve,
  },
};
