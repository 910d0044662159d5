import { describe, expect, it } from '@jest/globals';
import { bootScript, failingScript, isIpxe, waitingScript } from './boot-script.ts';

describe('scripts of iPXE', () => {
  it('begin with what it knows them by', () => expect(bootScript('boot')).toBe('#!ipxe\n\nboot'));
  it('say what is wrong in words that are no commands, and fail after a while', () => {
    expect(failingScript('no ${mac} here\n|| reboot; "x"')).toBe(
      '#!ipxe\n\necho no mac here reboot x\nsleep 10\nexit 1\n',
    );
    expect(failingScript(' \n')).toContain('echo Nothing is to be booted\n');
  });
  it('wait for a server that is away', () => {
    const lines = waitingScript('http://c/config/boot_script/').split('\n');
    expect(lines[0]).toBe('#!ipxe');
    expect(lines).toContain('imgfetch --name script http://c/config/boot_script/ && goto run ||');
    expect(lines).toContain('iseq ${tries} 24 && goto none ||');
  });
  it.each([
    ['iPXE/1.0.0+git-20190125', true],
    ['curl/7.88 iPXE/1', false],
    [undefined, false],
  ])('%j is iPXE: %s', (agent, is) => expect(isIpxe(agent)).toBe(is));
});
