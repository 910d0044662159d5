import type { Decider, Life, LifeCommand, LifeEvent, Message } from '#kernel';
import { life, refuse } from '#kernel';

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
  | LifeCommand<'Pxe'>;

export type PxeEvent =
  | Message<'PxeDefined', Readonly<Pxe>>
  | Message<'BootScriptWritten', { readonly bootScript: string }>
  | Message<'PxeTemplateWritten', { readonly template: string }>
  | LifeEvent<'Pxe'>;

const rules = life('Pxe');

const set = (data: Partial<Pxe>, state: Life<Pxe>): Life<Pxe> =>
  state.stage === 'open' ? { ...state, is: { ...state.is, ...data } } : state;

export const pxe: Decider<Life<Pxe>, PxeCommand, PxeEvent> = {
  category: 'pxe',
  begins: ['DefinePxe'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    DefinePxe: ({ bootScript, template }, state) =>
      state.stage === 'open' || state.stage === 'closed'
        ? refuse('name', 'TAKEN', 'PXE with this Name already exists.')
        : { type: 'PxeDefined', data: { bootScript, template } },
    ChangePxe: ({ bootScript, template }, state) => {
      if (state.stage !== 'open') return refuse('', 'NOT_FOUND', 'PXE is not there');
      const events: PxeEvent[] = [];
      if (bootScript !== undefined && bootScript !== state.is.bootScript) {
        events.push({ type: 'BootScriptWritten', data: { bootScript } });
      }
      if (template !== undefined && template !== state.is.template) {
        events.push({ type: 'PxeTemplateWritten', data: { template } });
      }
      return events;
    },
    ...rules.decide,
  },
  evolve: {
    PxeDefined: (data) => ({ stage: 'open', is: { ...data } }),
    BootScriptWritten: set,
    PxeTemplateWritten: set,
    ...rules.evolve,
  },
};
