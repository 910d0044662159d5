import type { Client, ClientChannel } from 'ssh2';
import type { TaskContext } from '#platform';

/** How much of what a command writes goes into the log, in characters; what comes later is read and dropped. */
export const MAX_LOGGED = 256 * 1024;
/** The longest piece of a line in the log, in characters; the rest of the line is dropped. */
export const MAX_LINE = 4096;
/** How long a command that was killed may take to end, in milliseconds, each way it is killed. */
const KILLED_MS = 1000;

/**
 * Kills what else was started over this connection, which its server names in the environment of all of it. Parents are not
 * asked: where the server's process for the connection has ended meanwhile, the parent is that of every service of the host.
 * It needs nothing but `sh`, `grep`, `tr` and `/proc`, and any login shell can start it; where `grep`
 * reads no further than the first zero byte, as that of BusyBox does, every process is looked at by itself.
 */
export const KILL_OTHERS = `exec sh -c '
[ -n "$SSH_CONNECTION" ] || exit 1
c=$(grep -lsF "SSH_CONNECTION=$SSH_CONNECTION" /proc/[0-9]*/environ)
for f in \${c:-/proc/[0-9]*/environ}; do
  tr "\\0" "\\n" <"$f" | grep -qxF "SSH_CONNECTION=$SSH_CONNECTION" || continue
  p=\${f#/proc/}
  p=\${p%/environ}
  [ "$p" = "$$" ] || kill -9 "-$p" || kill -9 "$p"
done
exit 0' 2>/dev/null`;

export interface Command {
  readonly command: string;
  /** In milliseconds. */
  readonly timeoutMs: number;
}

/** A command that was started. */
interface Running {
  readonly channel: ClientChannel;
  /** Resolves at its end with its exit code, or the signal that ended it; null: the host did not say. */
  readonly ended: Promise<number | string | null>;
}

/**
 * Runs a command, with what it writes to either stream in the log of the task at `debug`, line by line. Whoever does not
 * wait any more has it killed.
 * @returns its exit code @throws Error where it takes too long or a signal ends it; the reason of the signal
 */
export async function execute(
  client: Client,
  { command, timeoutMs }: Command,
  { signal, debug }: Pick<TaskContext, 'signal' | 'debug'>,
): Promise<number> {
  const { channel, ended } = await start(client, command);
  logOutput(channel, debug);
  let timer: NodeJS.Timeout | undefined;
  let abort = (): void => undefined;
  const over = new Promise<'late' | 'aborted'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeoutMs);
    abort = () => resolve('aborted');
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });
  const how = await Promise.race([ended, over]);
  clearTimeout(timer);
  signal.removeEventListener('abort', abort);
  if (typeof how === 'number') return how;
  if (how === null) throw new Error('the host did not tell how the command ended');
  if (how !== 'late' && how !== 'aborted') throw new Error(`the command was ended by ${how}`);
  const killed = await kill(client, channel, ended);
  if (signal.aborted) throw signal.reason;
  const rest = killed ? '' : ', and it may still run there';
  throw new Error(`timeout: the command did not end within ${timeoutMs / 1000} s${rest}`);
}

const start = (client: Client, command: string): Promise<Running> =>
  new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      // At once: a quick command may end with the very message that says it was started.
      let exit: number | string | null = null;
      channel.once('exit', (code: number | null, endedBy?: string) => {
        exit = code ?? (endedBy === undefined ? null : `SIG${endedBy.replace(/^SIG/, '')}`);
      });
      resolve({ channel, ended: new Promise((end) => channel.once('close', () => end(exit))) });
    });
  });

/**
 * Has a command killed, and waits a moment for its end. OpenSSH passes signals on only where it runs with two processes, and
 * not for root: there the other processes of the connection are killed by a command.
 * @returns whether it has ended
 */
async function kill(client: Client, channel: ClientChannel, ended: Promise<unknown>): Promise<boolean> {
  channel.signal('KILL');
  if (await within(KILLED_MS, ended)) return true;
  const other = await start(client, KILL_OTHERS);
  other.channel.resume();
  if (await within(KILLED_MS, ended)) return true;
  channel.close();
  return false;
}

/** Whether something comes to its end in time. */
async function within(ms: number, ended: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  const inTime = await Promise.race([ended.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}

/** Both streams as one, in the order of their arrival; a whole line at a time, so that a secret in it is found and masked. */
function logOutput(channel: ClientChannel, debug: TaskContext['debug']): void {
  let left = MAX_LOGGED;
  const say = (line: string): void => {
    if (left <= 0) return;
    left -= line.length + 1;
    debug('output', { line });
    if (left <= 0) debug('the rest of the output is dropped', { after: MAX_LOGGED });
  };
  for (const stream of [channel, channel.stderr]) {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const parts = `${rest}${text}`.split('\n');
      rest = (parts.pop() ?? '').slice(0, MAX_LINE);
      for (const part of parts) say(part.slice(0, MAX_LINE));
    });
    stream.on('end', () => {
      if (rest !== '') say(rest);
    });
  }
}
