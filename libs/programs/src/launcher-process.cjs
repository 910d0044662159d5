'use strict';
/*
 * The process that starts programs for another one (launcher.ts), so that the fork is that of a small process and stops
 * nobody else. It is plain JavaScript because it runs by itself, from the sources as from the build.
 *
 * Messages to it:   { start, program, args, env, cwd, input, timeoutMs, maxOutput }, { end }
 * Messages from it: { started, pid }, { ended, code, signal, stdout, stderr, cut, late, error }
 * where `start`, `end`, `started` and `ended` are the number of the run.
 */
const { spawn } = require('node:child_process');

/** How long output is waited for once a program has ended: a descendant that left its process group may hold it open. */
const OUTPUT_AFTER_END_MS = 1000;

/** The process groups of the programs that run, by the number of the run. */
const groups = new Map();

function killGroup(group) {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    // It has ended by itself.
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Whoever is gone needs no answer, also where he goes while it is sent: the end of the channel is heard of on its own. */
const tell = (message) => void (process.connected && process.send(message, () => undefined));

/** Takes down what a program writes, up to a number of characters; what is beyond is read and dropped. */
function keptFrom(stream, maxOutput) {
  const kept = { text: '', cut: false };
  stream.setEncoding('utf8');
  stream.on('data', (part) => {
    const room = maxOutput - kept.text.length;
    if (part.length > room) kept.cut = true;
    if (room > 0) kept.text += part.slice(0, room);
  });
  return kept;
}

function start({ start: run, program, args, env, cwd, input, timeoutMs, maxOutput }) {
  let child;
  try {
    child = spawn(program, args, {
      env,
      cwd,
      detached: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
  } catch (error) {
    tell({ ended: run, error: { code: error.code, message: error.message } });
    return;
  }
  const { pid } = child;
  if (pid === undefined) {
    child.once('error', ({ code, message }) => tell({ ended: run, error: { code, message } }));
    return;
  }
  groups.set(run, pid);
  tell({ started: run, pid });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    killGroup(pid);
  }, timeoutMs);
  const out = keptFrom(child.stdout, maxOutput);
  const err = keptFrom(child.stderr, maxOutput);
  let after;
  child.once('exit', () => {
    clearTimeout(timer);
    groups.delete(run);
    // What it leaves behind in its process group ends with it.
    killGroup(pid);
    after = setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, OUTPUT_AFTER_END_MS);
  });
  child.once('close', (code, signal) => {
    clearTimeout(after);
    const { text: stdout } = out;
    const { text: stderr } = err;
    tell({ ended: run, code, signal, stdout, stderr, cut: out.cut || err.cut, late });
  });
  if (input !== undefined) {
    // A program need not read what it is given.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  }
}

process.on('message', (message) => {
  if (message.start !== undefined) start(message);
  else if (groups.has(message.end)) killGroup(groups.get(message.end));
});

// However its master has ended, and however it ends itself: nothing it had started goes on.
process.on('disconnect', () => process.exit(0));
process.on('exit', () => {
  for (const group of groups.values()) killGroup(group);
});

// Its master decides when it ends: a signal to all processes of a service or a terminal must not end what is at work.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => undefined);
