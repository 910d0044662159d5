import { JetStreamApiError } from '@nats-io/jetstream';
import { RequestError } from '@nats-io/transport-node';
import { claimDispatch } from './claim-dispatch.ts';
import type { DispatchesOut } from './dispatches-out.ts';
import type { ForemanSession } from './foreman-session.ts';
import { isDenied } from './is-denied.ts';
import { secretsIn, withoutSecrets } from './kept-back-secrets.ts';
import { encode, messageRoom } from './messages.ts';
import type { NatsNames } from './subjects.ts';
import { unlessAborted } from './unless-aborted.ts';
import { withoutStacks } from './without-stacks.ts';
import { MaybeHeld, TaskTooLarge, type SentTask, type Task } from './wire.ts';

export interface TaskSenderOptions {
  readonly names: NatsNames;
  readonly dispatches: DispatchesOut;
}

/** Hands tasks to NATS for the foreman's end, and takes them back. */
export function taskSender({ names, dispatches }: TaskSenderOptions) {
  const { holders, secrets } = dispatches;
  return {
    /** As `ForemanWire.send` says. */
    async send({ connection, js, streams, over }: ForemanSession, task: Task): Promise<string> {
      const subject = names.taskSubject(task.site, task.module);
      const data = encode(withoutSecrets(task));
      const room = messageRoom(connection);
      if (data.length > room) throw new TaskTooLarge(data.length, room);
      holders.sent(task.cookie, { site: task.site, module: task.module });
      const broke = 'the connection to NATS broke before the task was held';
      let maybeHeld = false;
      const publish = async () => {
        await streams.tasks(task.site);
        // In the next session NATS may have lost what it had: there it would be held twice.
        if (over.aborted) throw new Error(broke);
        const before = maybeHeld;
        maybeHeld = true;
        const expect = { streamName: names.tasksStream(task.site) };
        return withoutStacks(() => js.publish(subject, data, { msgID: task.cookie, expect })).catch((cause) => {
          if (isRefused(cause)) maybeHeld = before;
          throw cause;
        });
      };
      const { site, module, cookie } = task;
      if (task.secrets) secrets.set(cookie, { site, module, texts: secretsIn(task.parameters, task.secrets) });
      const again = () => {
        streams.forget(task.site);
        return publish();
      };
      try {
        const held = await unlessAborted(publish().catch(again), over);
        if (held === undefined) throw new Error(broke);
        return String(held.seq);
      } catch (cause) {
        throw maybeHeld ? new MaybeHeld(cause instanceof Error ? cause.message : String(cause)) : cause;
      }
    },

    /** As `ForemanWire.withdraw` says. */
    async withdraw(
      { js, streams, over }: ForemanSession,
      { site, module, cookie, receipt }: SentTask,
    ): Promise<boolean> {
      const withdraw = async () => {
        await streams.tasks(site);
        const claim = { by: 'withdrawn', body: { withdrawn: true } as const };
        const answer = await claimDispatch(js, { names, site, module, cookie }, claim);
        dispatches.forget(cookie);
        // Where an agent has begun, the message must not come to another one.
        if (receipt !== undefined) await streams.removeTask(site, Number(receipt), cookie);
        return answer !== 'refused';
      };
      const again = () => {
        streams.forget(site);
        return withdraw();
      };
      const done = await unlessAborted(withdraw().catch(again), over);
      if (done === undefined) throw new Error('the connection to NATS broke before the task was taken back');
      return done;
    },
  };
}

/** Whether NATS has said that it does not hold a message; whatever else goes wrong leaves that open. */
function isRefused(cause: unknown): boolean {
  if (cause instanceof JetStreamApiError || isDenied(cause)) return true;
  return cause instanceof Error && cause.cause instanceof RequestError && cause.cause.isNoResponders();
}
