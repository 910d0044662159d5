import { connect } from 'node:net';

/** What one load has come to. */
export interface LoadResult {
  /** Answers per second. */
  readonly rate: number;
  readonly answers: number;
  /** Milliseconds within which 95 of 100 requests were answered. */
  readonly p95: number;
  /** Answers other than 200 and 201. */
  readonly failed: number;
}

/**
 * Run in a process of its own: `api-load <port> <connections> <seconds> <head> <body> [<from> <count> <ids>]`. In head and body `#` stands for
 * a number that is new for every request, `{1000}` for a random one below 1000, `{1-1000}` for a random one from 1 to 1000,
 * `{3|7|8}` for one of those, `{id}` for one of `ids` (with commas between), `{id:n}` for the next of them in turn,
 * `{+50<1000}` for one that grows by 50 each time and begins again at 1000, and `{n}` for the number of the request, counted
 * on from `from`. Every connection sends the next request when the last one is answered, until the time is up or `count`
 * are sent.
 */
async function load(args: string[]): Promise<LoadResult> {
  const [port = '', connections = '', seconds = '', head = '', body = '', from = '0', count = 'Infinity', ids = ''] =
    args;
  const known = ids.split(',');
  const stamp = process.hrtime.bigint().toString(36);
  const times: number[] = [];
  let failed = 0;
  let sent = 0;
  const begun = performance.now();
  const until = begun + Number(seconds) * 1000;

  const oneOf = (list: readonly string[]): string => list[Math.floor(Math.random() * list.length)] ?? '';
  const next = (): string => {
    sent += 1;
    const fill = (given: string): string =>
      given
        .replaceAll('#', `${stamp}x${sent}`)
        .replaceAll('{n}', String(Number(from) + sent - 1))
        .replaceAll('{id}', () => oneOf(known))
        .replaceAll('{id:n}', () => known[(Number(from) + sent - 1) % known.length] ?? '')
        .replace(/\{(\d+(?:\|\d+)+)\}/g, (_, list: string) => oneOf(list.split('|')))
        .replace(/\{(\d+)-(\d+)\}/g, (_, least: string, most: string) =>
          String(Number(least) + Math.floor(Math.random() * (Number(most) - Number(least) + 1))),
        )
        .replace(/\{(\d+)\}/g, (_, below: string) => String(Math.floor(Math.random() * Number(below))))
        .replace(/\{\+(\d+)<(\d+)\}/g, (_, step: string, end: string) => String((sent * Number(step)) % Number(end)));
    const text = fill(body);
    return `${fill(head)}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  };
  const converse = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
      let received = '';
      let asked = performance.now();
      const ask = (): void => {
        asked = performance.now();
        socket.write(next());
      };
      socket.setEncoding('latin1');
      socket.on('error', reject);
      socket.on('connect', ask);
      socket.on('data', (part: string) => {
        received += part;
        const end = received.indexOf('\r\n\r\n');
        if (end < 0) return;
        const length = Number(/\r\nContent-Length: (\d+)/.exec(received)?.[1] ?? 0);
        if (received.length < end + 4 + length) return;
        if (!/^HTTP\/1\.1 20[01] /.test(received)) failed += 1;
        received = '';
        times.push(performance.now() - asked);
        if (performance.now() < until && sent < Number(count)) ask();
        else {
          socket.destroy();
          resolve();
        }
      });
    });

  await Promise.all(Array.from({ length: Number(connections) }, converse));
  times.sort((one, other) => one - other);
  return {
    answers: times.length,
    rate: times.length / ((performance.now() - begun) / 1000),
    p95: times[Math.floor(times.length * 0.95)] ?? Number.NaN,
    failed,
  };
}

process.stdout.write(JSON.stringify(await load(process.argv.slice(2))));
