import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registry of images of a test's own, which has none that is whole. */
export interface DockerRegistry {
  /** `address:port`, in front of the names of its images. */
  readonly name: string;
  /** How often each image was asked for, by its name. */
  readonly asked: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

const digest = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

/**
 * Starts a registry at an address. Of its images, `torn` begins well and then its layer is something else, `private` is for
 * somebody else, and there are no others.
 */
export async function startDockerRegistry(address: string): Promise<DockerRegistry> {
  const config = Buffer.from('{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["x"]}}');
  const layer = Buffer.from('what the layer should be');
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: {
        mediaType: 'application/vnd.docker.container.image.v1+json',
        size: config.length,
        digest: digest(config),
      },
      layers: [
        {
          mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
          size: layer.length,
          digest: digest(layer),
        },
      ],
    }),
  );
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const [, image = '', kind = '', reference = ''] =
      /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? [];
    const send = (status: number, body: Buffer, type = 'application/json') => {
      response.writeHead(status, {
        'Content-Type': type,
        'Content-Length': body.length,
        'Docker-Content-Digest': digest(body),
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const refuse = (status: number, code: string, message: string) =>
      send(status, Buffer.from(JSON.stringify({ errors: [{ code, message }] })));
    if (kind === 'manifests') asked.set(image, (asked.get(image) ?? 0) + 1);
    if (kind === '') return send(200, Buffer.from('{}'));
    if (image === 'private') return refuse(401, 'UNAUTHORIZED', 'authentication required');
    if (image !== 'torn') return refuse(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    if (kind === 'manifests') return send(200, manifest, MANIFEST);
    return send(
      200,
      reference === digest(config) ? config : Buffer.from('what the layer really is'),
      'application/octet-stream',
    );
  });
  server.listen(0, address);
  await once(server, 'listening');
  return {
    name: `${address}:${(server.address() as AddressInfo).port}`,
    asked,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
