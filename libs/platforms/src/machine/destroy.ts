import type { CallContext } from '#tscript';

/** A call that does away with a machine. */
export interface Destroying<Id> {
  /** How the machine is reached, and what it is known by, as it was when the call began. */
  readonly id: Id;
  readonly done: boolean;
}

export interface DestroyOptions<Id, R> {
  readonly id: (context: CallContext) => Id;
  /** Makes the task. */
  readonly send: (id: Id) => R;
}

/** The stages of `destroy`: whatever the agent answers, it is done. */
export const destroy = <Id, R>({ id, send }: DestroyOptions<Id, R>) => ({
  setup: (_: object, context: CallContext): Destroying<Id> => ({ id: id(context), done: false }),
  done: ({ done }: Destroying<Id>): boolean => done,
  message: (): string => 'Waiting for the machine to be destroyed',
  task: ({ id: of }: Destroying<Id>): R => send(of),
  receive: { destroy: (state: Destroying<Id>): Destroying<Id> => ({ ...state, done: true }) },
  value: (): null => null,
});
