import type { Logger } from '#kernel';
import { useTracing } from '#kernel';
import { productVersion } from '../version.ts';
import { otlpExporter } from './otlp-exporter.ts';
import { tracer } from './tracer.ts';
import type { TracingSettings } from './tracing.settings.ts';

/**
 * Has this process traced. Loaded only where traces are wanted.
 * @param program what it is called where no setting says so
 * @returns ends it, and sends what is left
 */
export function startTracing(settings: TracingSettings, program: string, log: Logger): () => Promise<void> {
  const { url, headers, service = program, resource, ratio, delayMs } = settings;
  const its = { 'service.version': productVersion(), ...resource, 'service.name': service };
  const exporter = otlpExporter({ url, headers, resource: its, delayMs, log });
  useTracing(tracer(ratio, (span) => exporter.add(span)));
  log.info('traces are sent', { service });
  return async () => {
    useTracing(undefined);
    await exporter.stop();
  };
}
