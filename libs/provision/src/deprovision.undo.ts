import { notUndone } from '#event-sourcing';
import { deprovision } from './deprovision.ts';

/** How what a request did to deprovisions is undone: it is not. */
export const deprovisionUndo = notUndone(
  deprovision,
  'machines are being taken down for it; cancel it (Building/Deprovision, cancel), and provision again what is gone',
);
