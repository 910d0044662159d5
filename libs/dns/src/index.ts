export { DnsModule } from './dns.module.ts';
export { dnsSettings } from './dns.settings.ts';
export type { LeftOut, ZoneContent, ZoneSet } from './zone-source.ts';
export { ZoneSource } from './zone-source.ts';
export { bindSettings } from './publisher/bind.settings.ts';
export { Publisher, PublisherModule } from './publisher/publisher.module.ts';
