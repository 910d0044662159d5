import { Limit, OverLimit } from './limit.ts';

/** One bench, and how long it may take unless `--limit` says otherwise, in seconds. */
interface Bench {
  readonly limit: number;
  readonly load: () => Promise<{ run(args: string[], limit: Limit): Promise<void> }>;
}

const HOUR = 3600;
/** How long what a bench has started may take to end once the bench is over its limit, in milliseconds. */
const CLEANUP_MS = 60_000;

/** The benches by name; each prints its own figures. */
const BENCHES: Readonly<Record<string, Bench>> = {
  thread: { limit: 600, load: () => import('./thread.ts') },
  requests: { limit: 900, load: () => import('./requests.ts') },
  writes: { limit: HOUR, load: () => import('./writes.ts') },
  scale: { limit: HOUR, load: () => import('./scale.ts') },
  rebuild: { limit: HOUR, load: () => import('./rebuild.ts') },
  past: { limit: HOUR, load: () => import('./past.ts') },
  ground: { limit: 900, load: () => import('./ground.ts') },
  start: { limit: 900, load: () => import('./start.ts') },
  'http-front': { limit: 900, load: () => import('./http-front.ts') },
  tscript: { limit: 900, load: () => import('./tscript.ts') },
  programs: { limit: 300, load: () => import('./programs.ts') },
  addresses: { limit: 1800, load: () => import('./addresses.ts') },
  zones: { limit: 900, load: () => import('./zones.ts') },
  dns: { limit: 1800, load: () => import('./dns.ts') },
  resources: { limit: 900, load: () => import('./resources.ts') },
  buildings: { limit: HOUR, load: () => import('./buildings.ts') },
  search: { limit: 1800, load: () => import('./search.ts') },
  provision: { limit: 900, load: () => import('./provision.ts') },
  jobs: { limit: HOUR, load: () => import('./jobs.ts') },
  containers: { limit: 900, load: () => import('./containers.ts') },
  idle: { limit: 900, load: () => import('./idle.ts') },
  waiting: { limit: 1800, load: () => import('./waiting.ts') },
  chain: { limit: 900, load: () => import('./chain.ts') },
  deliveries: { limit: 1800, load: () => import('./deliveries.ts') },
  web: { limit: 1800, load: () => import('./web.ts') },
  machines: { limit: HOUR, load: () => import('./machines.ts') },
  'bare-metal': { limit: HOUR, load: () => import('./bare-metal.ts') },
  faults: { limit: HOUR, load: () => import('./faults.ts') },
  'boot-image': { limit: HOUR, load: () => import('./boot-image.ts') },
  'debian-image': { limit: HOUR, load: () => import('./debian-image.ts') },
  'debian-install': { limit: 3 * HOUR, load: () => import('./debian-install.ts') },
};

/** Takes `--limit SECONDS` out of the arguments. */
function limitIn(args: string[]): number | undefined {
  const at = args.indexOf('--limit');
  if (at < 0) return undefined;
  const [, seconds] = args.splice(at, 2);
  return Number(seconds);
}

const [name = '', ...args] = process.argv.slice(2);
const given = limitIn(args);
const bench = BENCHES[name];
if (bench && !(given !== undefined && !(given > 0))) {
  const seconds = given ?? bench.limit;
  const hard = setTimeout(
    () => {
      process.stderr.write(`${name}: stopped, as it did not end by itself within ${seconds} s and a minute\n`);
      process.exit(1);
    },
    seconds * 1000 + CLEANUP_MS,
  );
  try {
    await (await bench.load()).run(args, new Limit(seconds));
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof OverLimit ? error.message : String((error as Error).stack)}\n`);
    process.exitCode = 1;
  }
  clearTimeout(hard);
} else {
  process.stderr.write(`npm run bench -- <${Object.keys(BENCHES).join(' | ')}> [--limit SECONDS]\n`);
  process.exitCode = 2;
}
