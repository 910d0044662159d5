import { pxeFor } from '#blueprint';
import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { InlineFunction } from '#tscript';
import { ParameterError, toJson } from '#tscript';
import type { NetworkInterface } from './interfaces-of.ts';
import { realInterface } from './real-interface.ts';

/** What a script has chosen that an interface boots next, told when the pass is over. */
export interface PxeEffect {
  /** Id of a real interface. */
  readonly interface: number;
  readonly pxe: string;
}

export const isPxeEffect = (effect: unknown): effect is PxeEffect =>
  typeof effect === 'object' && effect !== null && 'interface' in effect && 'pxe' in effect;

/**
 * The script function `dhcp.set_pxe`: chooses what an interface of the foundation at hand boots next.
 * @param interfaces those it may be; a script has them from `foundation` and `structure`
 * @param pxes the names there are
 */
export const setPxe = (interfaces: readonly NetworkInterface[], pxes: readonly string[]): InlineFunction => ({
  kind: 'inline',
  call: ({ pxe, interface: on }, context) => {
    if (pxe === undefined) throw new ParameterError('pxe', 'required');
    if (on === undefined) throw new ParameterError('interface', 'required');
    if (on === null) throw new ParameterError('interface', 'can not be None');
    const given = toJson(on) as { readonly id?: unknown } | null;
    const found = interfaces.find((one) => one.kind === 'Real' && one.id === given?.id);
    if (typeof pxe !== 'string' || !pxes.includes(pxe)) {
      throw new ParameterError('pxe', `pxe "${typeof pxe === 'string' ? pxe : typeof pxe}" not found`);
    }
    if (!found) throw new ParameterError('interface', 'is no interface of this foundation');
    context.effect({ interface: found.id, pxe } satisfies PxeEffect);
    return null;
  },
});

/** Stores what a script has chosen, for each interface what it has chosen last. */
export async function applyPxeEffects(work: UnitOfWork, effects: readonly unknown[]): Promise<void> {
  const chosen = new Map(effects.filter(isPxeEffect).map((effect) => [effect.interface, effect.pxe]));
  for (const [id, pxe] of chosen) {
    const found = await work.load(realInterface, id);
    if (found.stage !== 'active') throw refuse('interface', 'INVALID_VALUE', `there is no interface ${id} any more`);
    await pxeFor(work, 'pxe', pxe);
    await work.decide(realInterface, id, { type: 'ChangeRealInterface', data: { ...found.value, pxe } });
  }
  work.throwIfFaulted();
}
