import protocol from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb.js';
import type { SupportedMethods } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb.js';

/** What the server says of itself: its version, and the methods that a server of this version has. */
export function serverFeatures(version: string): SupportedMethods {
  const method = (service: string, name: string, features: string[] = []) =>
    new protocol.SupportedMethod().setServiceName(service).setMethodName(name).setFeaturesList(features);
  return new protocol.SupportedMethods()
    .setEventStoreServerVersion(version)
    .setMethodsList([
      method('event_store.client.streams.streams', 'read', ['position', 'events']),
      ...(hasAppendRecords(version) ? [method('kurrentdb.protocol.v2.streams.streamsservice', 'appendrecords')] : []),
    ]);
}

/** The method came with server 26.1. */
export function hasAppendRecords(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 26 || (major === 26 && minor >= 1);
}
