import { randomUUID } from 'node:crypto';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { handleUnaryCall } from '@grpc/grpc-js';
import gossip from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_grpc_pb.js';
import type { IGossipServer } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_grpc_pb.js';
import features from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb.js';
import type { IServerFeaturesServer } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb.js';
import firstProtocol from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import type { IStreamsServer } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import secondProtocol from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/streams_grpc_pb.js';
import type { IStreamsServiceServer } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/streams_grpc_pb.js';
import type { KurrentDbStandIn, KurrentDbStandInOptions } from '../kurrentdb-stand-in.ts';
import { appendRecords } from './append-records.ts';
import { CallError } from './call-error.ts';
import { clusterOf } from './cluster.ts';
import { EventLog } from './event-log.ts';
import { readEvents } from './read-events.ts';
import { hasAppendRecords, serverFeatures } from './server-features.ts';

/** Starts the stand-in on a free loopback port; its log outlives its connections. */
export async function startServer({ version = '26.1.0' }: KurrentDbStandInOptions): Promise<KurrentDbStandIn> {
  const log = new EventLog();
  const subscribers = new Set<object>();
  let busy = false;
  let losing = false;

  const admit = () => {
    if (busy) throw new CallError(status.UNAVAILABLE, 'Server Is Not Ready');
  };
  const unary =
    <Request, Response>(answer: (request: Request) => Response): handleUnaryCall<Request, Response> =>
    (call, callback) => {
      try {
        admit();
        callback(null, answer(call.request));
      } catch (error) {
        callback(error instanceof CallError ? error : { code: status.INTERNAL, details: String(error) });
      }
    };
  const read: IStreamsServer['read'] = (call) => {
    try {
      admit();
      if (call.request.getOptions()?.hasSubscription()) {
        subscribers.add(call);
        call.on('close', () => subscribers.delete(call));
      }
      readEvents(log, call);
    } catch (error) {
      call.emit('error', error);
    }
  };
  const append = unary<Parameters<typeof appendRecords>[1], ReturnType<typeof appendRecords>>((request) => {
    const response = appendRecords(log, request);
    if (!losing) return response;
    losing = false;
    throw new CallError(status.UNAVAILABLE, 'the connection was lost before the answer');
  });

  const listen = async (port: number): Promise<{ server: Server; port: number }> => {
    const server = new Server();
    const asked: Pick<IServerFeaturesServer, 'getSupportedMethods'> = {
      getSupportedMethods: unary(() => serverFeatures(version)),
    };
    const streams: Pick<IStreamsServer, 'read'> = { read };
    const records: Pick<IStreamsServiceServer, 'appendRecords'> = { appendRecords: append };
    const members: Pick<IGossipServer, 'read'> = { read: unary(() => clusterOf(running.port)) };
    server.addService(features.ServerFeaturesService, asked);
    server.addService(gossip.GossipService, members);
    server.addService(firstProtocol.StreamsService, streams);
    if (hasAppendRecords(version)) server.addService(secondProtocol.StreamsServiceService, records);
    return { server, port: await bound(server, port) };
  };

  let running = await listen(0);
  const { port } = running;
  const kill = async () => running.server.forceShutdown();
  return {
    connectionString: `kurrentdb://127.0.0.1:${port}?tls=false`,
    get subscriptions() {
      return subscribers.size;
    },
    kill,
    stop: kill,
    async restart() {
      await kill();
      running = await listen(port);
    },
    refuse: (refusing) => {
      busy = refusing;
    },
    loseNextAnswer: () => {
      losing = true;
    },
    foreign: (stream) => {
      const data = Buffer.from('{"from":"elsewhere"}');
      log.append([{ stream, id: randomUUID(), type: 'Foreign', data, isJson: true, properties: {} }], []);
    },
  };
}

const bound = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, taken) =>
      error ? reject(error) : resolve(taken),
    );
  });
