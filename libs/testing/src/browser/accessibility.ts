import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, Result } from 'axe-core';
import type { Page } from 'playwright-core';

/** The form of it that is quick to read. */
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Impacts nobody may be left with. */
const GRAVE = new Set<Result['impact']>(['serious', 'critical']);
const DARK_CLASS = 'pf-v6-theme-dark';

/**
 * Has axe look at what the page shows, in light and in dark.
 * @returns the findings that are serious or critical: theme, rule and the element, with what is wrong
 */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  // Once for all that a document comes to show.
  if (!(await page.evaluate<boolean>('"axe" in window'))) {
    // By the debugger, so that the Content Security Policy of the page has no say in it.
    await page.evaluate(AXE);
    // Colours on their way from one theme to the other are those of neither.
    await page.evaluate(`{
      const still = new CSSStyleSheet();
      still.replaceSync('* { transition: none !important }');
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
    }`);
  }
  const wasDark = await setDark(page, false);
  const light = await findings(page, 'light');
  await setDark(page, true);
  // The other rules do not depend on colours.
  const dark = await findings(page, 'dark', ['color-contrast']);
  await setDark(page, wasDark);
  return [...light, ...dark];
}

/** @returns whether it was dark before */
function setDark(page: Page, dark: boolean): Promise<boolean> {
  return page.evaluate(`(() => {
    const { classList } = document.documentElement;
    const before = classList.contains('${DARK_CLASS}');
    classList.toggle('${DARK_CLASS}', ${dark});
    return before;
  })()`);
}

async function findings(page: Page, theme: string, rules?: readonly string[]): Promise<string[]> {
  const options = { resultTypes: ['violations'], ...(rules ? { runOnly: rules } : {}) };
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
  return violations
    .filter(({ impact }) => GRAVE.has(impact))
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${theme}: ${id} at ${target.join(' ')}: ${failureSummary ?? ''}`),
    );
}
