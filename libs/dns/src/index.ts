export { DnsModule } from './dns.module.ts';
export { dnsSettings } from './dns.settings.ts';
export type { LeftOut, ZoneContent, ZoneSet } from './zone-source.ts';
export { ZoneDifferences } from './zone-differences.ts';
export type { ZoneDifference } from './zone-differences.ts';
export { ZoneSource } from './zone-source.ts';
export { bindSettings } from './publisher/bind.settings.ts';
export { Publisher, PublisherModule } from './publisher/publisher.module.ts';
