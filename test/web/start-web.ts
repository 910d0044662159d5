import { afterAll, afterEach, expect } from '@jest/globals';
import { ADMIN_PASSWORD } from '#testing';
import type { TestBrowser } from '#testing/browser';
import { startBrowser } from '#testing/browser';
import type { Journey } from '../start-journey.ts';
import { startJourney } from '../start-journey.ts';

/** A server, and a browser that looks at it. */
export interface WebJourney extends Journey {
  readonly browser: TestBrowser;
}

/** The administrator of the server. */
export const ROOT = { username: 'root', password: ADMIN_PASSWORD };

/**
 * Starts what a file of tests about pages needs, to be awaited at its top; it ends with the tests of that file. A test fails
 * whose pages ask anybody else, write errors, or go against their Content Security Policy.
 */
export async function startWeb(settings: Readonly<Record<string, string>> = {}): Promise<WebJourney> {
  const journey = await startJourney(settings);
  const browser = await startBrowser(journey.server.url);
  afterEach(async () => expect(await browser.closePages()).toEqual([]));
  afterAll(() => browser.stop());
  return { ...journey, browser };
}
