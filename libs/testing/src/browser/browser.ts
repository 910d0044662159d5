import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { PageFaults } from './page-faults.ts';

/** Chromium without a window, for the pages of one server. */
export interface TestBrowser {
  /** A page with cookies and storage of its own. */
  open(options?: PageOptions): Promise<Page>;
  /** Closes all pages. @returns what they have done that no page may do, in one sentence each */
  closePages(): Promise<string[]>;
  stop(): Promise<void>;
}

export interface PageOptions {
  /** Who is signed in, if anybody. */
  readonly as?: { readonly username: string; readonly password: string };
  /** In pixels; 1280 × 800 unless said. */
  readonly size?: { readonly width: number; readonly height: number };
  /** What the person has told their system to like; `light` unless said. */
  readonly theme?: 'light' | 'dark';
  /** Texts of errors on the console that belong to the test, such as those of a server that is away. */
  readonly expected?: readonly RegExp[];
}

/** Where Debian and others put it. */
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
const SIZE = { width: 1280, height: 800 };

/** How long what is waited for may take on a busy machine, in milliseconds. */
const TIMEOUT_MS = 60_000;

/** Reaches loopback and nothing else, and draws letters alike everywhere. */
const ARGUMENTS = [
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  '--no-proxy-server',
  '--disable-gpu',
  '--disable-lcd-text',
];

/**
 * Starts Debian's Chromium; it ends with this process, however that ends.
 * @param url of the server; addresses of pages may leave it away
 */
export async function startBrowser(url: string): Promise<TestBrowser> {
  const browser = await launch();
  const faults = new PageFaults();
  const closePages = async (): Promise<string[]> => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    return faults.taken();
  };
  return {
    open: async ({ as, size = SIZE, theme = 'light', expected = [] } = {}) => {
      const context = await browser.newContext({
        baseURL: url,
        viewport: size,
        colorScheme: theme,
        reducedMotion: 'reduce',
        locale: 'en-GB',
        timezoneId: 'UTC',
      });
      context.setDefaultTimeout(TIMEOUT_MS);
      faults.watch(context, expected);
      if (as) {
        const answer = await context.request.post('/api/rest/session', { data: as });
        if (!answer.ok()) throw new Error(`${as.username} cannot sign in: ${answer.status()} ${await answer.text()}`);
      }
      return context.newPage();
    },
    closePages,
    stop: () => browser.close(),
  };
}

async function launch(): Promise<Browser> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };
  const folders = env.PATH.split(':');
  const program = PROGRAMS.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(existsSync);
  if (program === undefined) {
    throw new Error(`no ${PROGRAMS.join(', ')} on the PATH: npm run setup:test installs it on Debian`);
  }
  return chromium.launch({ executablePath: program, args: ARGUMENTS, env, timeout: TIMEOUT_MS });
}
