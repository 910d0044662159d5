import type { EventOf } from '#kernel';
import { entity } from '#kernel';

/** What a machine boots over the network, and the answers its installer fetches. */
export interface Pxe {
  /** For iPXE; rendered with the configuration of the machine. */
  bootScript: string;
  /** The answer file of the installer; rendered likewise. */
  template: string;
}

export const pxe = entity<Pxe>()({
  noun: 'Pxe',
  title: 'PXE',
  category: 'pxe',
  changes: { BootScriptWritten: 'bootScript', PxeTemplateWritten: 'template' },
});

export type PxeEvent = EventOf<typeof pxe>;
