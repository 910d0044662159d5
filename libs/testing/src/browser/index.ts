export { accessibilityFindings } from './accessibility.ts';
export { startBrowser } from './browser.ts';
export type { PageOptions, TestBrowser } from './browser.ts';
