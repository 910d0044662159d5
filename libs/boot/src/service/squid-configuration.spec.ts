import { describe, expect, it } from '@jest/globals';
import { squidConfiguration } from './squid-configuration.ts';

const settings = {
  listen: '3128',
  mirrors: ['deb.debian.org', '.ubuntu.com'],
  upstream: undefined,
  folder: '/var/spool/squid',
  megabytes: 1000,
};

describe('the configuration of Squid', () => {
  it('serves the machines of subnets from mirrors, and nobody else', () => {
    const text = squidConfiguration(['10.0.0.0/24', '2001:db8::/64'], settings);
    expect(text.split('\n').filter((line) => /^(?:acl|http_)/.test(line))).toEqual([
      'http_port 3128',
      'acl machines src 10.0.0.0/24',
      'acl machines src 2001:db8::/64',
      'acl mirrors dstdomain -n deb.debian.org',
      'acl mirrors dstdomain -n .ubuntu.com',
      'acl plain proto HTTP',
      'acl web port 80',
      'http_access deny CONNECT',
      'http_access deny !web',
      'http_access allow machines mirrors plain',
      'http_access deny all',
    ]);
    expect(text).toContain('maximum_object_size 1000 MB\ncache_dir ufs /var/spool/squid 1000 16 256\n');
    expect(text).not.toContain('cache_peer');
  });

  it('serves nobody where there are no subnets', () =>
    expect(squidConfiguration([], settings)).not.toContain('http_access allow'));

  it.each([
    ['http://proxy.example:8080', 'cache_peer proxy.example parent 8080 0 no-query no-digest default\n'],
    ['http://proxy.example', 'cache_peer proxy.example parent 80 0 no-query no-digest default\n'],
    ['http://me:p%20w@10.0.0.9:3128', 'cache_peer 10.0.0.9 parent 3128 0 no-query no-digest default login=me:p%20w\n'],
  ])('fetches through %s', (upstream, line) =>
    expect(squidConfiguration([], { ...settings, upstream })).toContain(`${line}never_direct allow all\n`),
  );
});
