import { parameter } from '#api';
import type { Allotment } from '../address/address.commands.ts';

/** Whom an address is given to, as callers say it; whether as the primary one, each action asks in its own way. */
export const allotmentParameters = {
  networked: parameter.reference('Utilities/Networked'),
  interface_name: parameter.text(),
} as const;

interface Wanted {
  readonly networked: string | null;
  readonly interface_name: string | null;
  readonly is_primary: boolean | null;
}

/** Whom an address is given to; a name that is left out is blank, and refused as such. */
export const allotmentOf = ({ networked, interface_name: name, is_primary: primary }: Wanted): Allotment => ({
  holder: Number(networked),
  interfaceName: name ?? '',
  primary: primary ?? false,
});
