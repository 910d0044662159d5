type Bench = () => Promise<{ run(args: string[]): Promise<void> }>;

/** The benches by name; each prints its own figures. */
const BENCHES: Readonly<Record<string, Bench>> = {
  thread: () => import('./thread.ts'),
  requests: () => import('./requests.ts'),
  writes: () => import('./writes.ts'),
  scale: () => import('./scale.ts'),
  rebuild: () => import('./rebuild.ts'),
  ground: () => import('./ground.ts'),
  start: () => import('./start.ts'),
  'http-front': () => import('./http-front.ts'),
  tscript: () => import('./tscript.ts'),
  faults: () => import('./faults.ts'),
};

const [name = '', ...args] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench) {
  await (await bench()).run(args);
} else {
  process.stderr.write(`npm run bench -- <${Object.keys(BENCHES).join(' | ')}>\n`);
  process.exitCode = 2;
}
