import type { Position } from '#event-store';
import type { Key } from '#read-store';
import type { ApiParts } from './api-parts.ts';
import type { Action, Model, Values } from './model.ts';
import { AS_THEY_ARE, show } from './objects.ts';
import type { Answer, Request } from './request.ts';
import { sendCommand, sendCommands } from './send-commands.ts';

/** Calls of actions, of models and of objects. */
export class ActionCalls {
  readonly #parts: ApiParts;

  constructor(parts: ApiParts) {
    this.#parts = parts;
  }

  /**
   * Calls an action on the model itself.
   * @param at as of which position, for actions that can be asked so; undefined: now
   */
  async callStatic(action: Action, parameters: Values, request: Request, at?: Position): Promise<Answer<unknown>> {
    const { permission, run } = action;
    this.#parts.authorize(request, permission, 'command' in run ? 'changes' : 'reads');
    const view = await this.#parts.reads.at(at);
    await this.#parts.guard.staticCall(request.caller, action, parameters, view);
    const call = { ...this.#parts.call(request), view };
    if ('query' in run) return asAnswer(await run.query(undefined, parameters, call));
    await this.#parts.approved(permission, () => this.#parts.guard.sitesOfCall(action, parameters, view));
    const { idempotencyKey: _, ...once } = request;
    const { value, position } = await sendCommand(this.#parts.context, run.command(undefined, parameters, call), once);
    return this.#parts.reads.answer(position, async () => value);
  }

  /**
   * Calls an action on objects, all or none.
   * @param at as of which position, for actions that can be asked so; undefined: now
   */
  async callOn(
    model: Model,
    { permission, parameters: declared, mayBeGone, run }: Action,
    keys: readonly Key[],
    parameters: Values,
    request: Request,
    at?: Position,
  ): Promise<Answer<Map<Key, unknown>>> {
    this.#parts.authorize(request, permission, 'command' in run ? 'changes' : 'reads');
    const view = await this.#parts.reads.at(at);
    await this.#parts.guard.objects(request.caller, model, keys, view, 'command' in run);
    if (!mayBeGone) await show(model, keys, view, AS_THEY_ARE);
    await this.#parts.guard.references(request.caller, declared, parameters, view);
    const call = { ...this.#parts.call(request), view };
    if ('query' in run) {
      const values = new Map<Key, unknown>();
      for (const key of keys) values.set(key, await run.query(key, parameters, call));
      return asAnswer(values);
    }
    await this.#parts.approved(permission, () => this.#parts.guard.sitesOfObjects(model, keys, view));
    const { value, position } = await sendCommands(
      this.#parts.context,
      keys.map((key) => run.command(key, parameters, call)),
      request,
    );
    return this.#parts.reads.answer(position, async (pending) => {
      const answers = new Map<Key, unknown>();
      for (const [n, key] of keys.entries()) {
        answers.set(key, run.answer && !pending ? await run.answer(key, this.#parts.call(request)) : value[n]);
      }
      return answers;
    });
  }

  /** What is said beside the value of a call; undefined: nothing. */
  async noteOf({ note }: Action, value: unknown): Promise<string | undefined> {
    return note?.(value, this.#parts.reads.now);
  }
}

const asAnswer = <T>(value: T): Answer<T> => ({ value, position: undefined, pending: undefined });
