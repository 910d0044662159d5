import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';

/** How much of the end of a console is told, in characters. */
const TOLD = 600;
/** How often it is looked at a console, in milliseconds. */
const LOOK_MS = 500;

export interface ConsoleOptions {
  readonly disk: string;
  /** By the address that the machine sees: the port on loopback behind it. */
  readonly network: Readonly<Record<string, number>>;
  readonly mac: string;
  /** Where everything goes that comes over the console. */
  readonly log: string;
  /** What is booted instead of the disk. */
  readonly kernel?: string;
  readonly initrd?: string;
  readonly append?: string;
}

/** A machine of QEMU that runs, and what it writes. */
export interface Console {
  /** Waits until what it has written is as wanted. @throws Error with the end of it where nothing comes for so long, or it ends */
  until(isSo: (text: string) => boolean, standstillMs: number): Promise<void>;
  /** Waits until it has switched itself off. @throws Error where nothing comes for so long, or a failure does */
  ended(standstillMs: number, failure: RegExp): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a machine with a disk and two interfaces, of which the one with the MAC leads somewhere. */
export function startConsole({ disk, network, mac, log, kernel, initrd, append }: ConsoleOptions): Console {
  const forwards = Object.entries(network).map(
    ([address, port]) => `guestfwd=tcp:${address}:80-cmd:busybox nc 127.0.0.1 ${port}`,
  );
  const way = ['user,id=way,restrict=on', ...forwards].join(',');
  const options = [
    existsSync('/dev/kvm') ? '-accel kvm' : '-accel tcg',
    '-m 2048 -smp 1 -display none -no-reboot -serial stdio -monitor none',
    '-netdev user,id=other,restrict=on -device e1000,netdev=other,mac=52:54:00:99:99:99',
    `-device virtio-net-pci,netdev=way,mac=${mac}`,
  ].flatMap((line) => line.split(' '));
  const booted = kernel && initrd ? ['-kernel', kernel, '-initrd', initrd, '-append', append ?? ''] : [];
  const drive = `file=${disk},format=raw,if=virtio`;
  const machine = spawn('qemu-system-x86_64', ['-netdev', way, '-drive', drive, ...options, ...booted], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(machine, 'close');
  const state = { isOver: false };
  let [text, at] = ['', performance.now()];
  machine.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    at = performance.now();
  });
  machine.once('close', () => (state.isOver = true));
  // The clock of its title line goes on where nothing else does.
  const shown = (): string => stripVTControlCharacters(text).replaceAll(/\r|\(\d\*installer\).*?\]/g, '');
  let [length, since] = [0, performance.now()];
  const standsStill = (ms: number): boolean => {
    const now = shown().replaceAll(/\s/g, '').length;
    if (now !== length) [length, since] = [now, at];
    return performance.now() - since > ms;
  };
  const failed = (why: string): Error => new Error(`${why}; its console ends in\n${shown().trimEnd().slice(-TOLD)}`);
  return {
    async until(isSo, standstillMs) {
      for (; !isSo(shown()); await pause(LOOK_MS)) {
        if (state.isOver) throw failed('the machine is off');
        if (standsStill(standstillMs)) throw failed(`nothing has come for ${standstillMs / 1000} s`);
      }
    },
    async ended(standstillMs, failure) {
      for (; !state.isOver; await pause(LOOK_MS)) {
        if (failure.test(shown())) throw failed('the installer asks what to do');
        if (standsStill(standstillMs)) throw failed(`nothing has come for ${standstillMs / 1000} s`);
      }
    },
    async stop() {
      if (!state.isOver) machine.kill('SIGKILL');
      await closed;
      await writeFile(log, text);
    },
  };
}
