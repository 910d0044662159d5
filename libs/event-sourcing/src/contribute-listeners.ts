import type { FactoryProvider, Type } from '@nestjs/common';
import type { LogListener } from '#reactions';
import type { LetterReceivers } from './features.ts';
import { Features } from './features.ts';

/** A provider by which a provider of a module adds its reactions, reconcilers and followers. */
export const contributeListeners = <T>(
  provider: Type<T>,
  listenersOf: (instance: T) => readonly LogListener[],
): FactoryProvider => ({
  provide: Symbol(`listeners of ${provider.name}`),
  inject: [Features, provider],
  useFactory: (features: Features, instance: T) => features.add({ listeners: listenersOf(instance) }),
});

/** A provider by which a provider of a module says who takes dead letters that are no events. */
export const contributeLetterReceivers = <T>(
  provider: Type<T>,
  receiversOf: (instance: T) => LetterReceivers,
): FactoryProvider => ({
  provide: Symbol(`receivers of ${provider.name}`),
  inject: [Features, provider],
  useFactory: (features: Features, instance: T) => features.add({ letterReceivers: receiversOf(instance) }),
});
