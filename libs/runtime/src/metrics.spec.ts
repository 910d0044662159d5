import { describe, expect, it } from '@jest/globals';
import { prometheusMetrics } from './metrics.ts';

describe('metrics', () => {
  it('are told in the form Prometheus reads', async () => {
    const metrics = prometheusMetrics(
      async () => 7,
      async () => [
        { name: 'erase', lag: 4, deadLetters: 1 },
        { name: 'tidy', lag: null, deadLetters: 0 },
      ],
    );
    metrics.request('cinp', 'CREATE', 201, 0.002);
    metrics.command('CreateSite', 'done', 0.001);
    metrics.command('CreateSite', 'refused', 0.001);
    metrics.conflict();
    metrics.appended(3);
    metrics.projected(2);
    metrics.reactionFailed('erase');
    const text = await metrics.text();
    for (const line of [
      'contractor_http_request_seconds_count{protocol="cinp",verb="CREATE",status="201"} 1',
      'contractor_http_request_seconds_bucket{le="0.0025",protocol="cinp",verb="CREATE",status="201"} 1',
      'contractor_command_seconds_count{command="CreateSite",outcome="refused"} 1',
      'contractor_command_conflicts_total 1',
      'contractor_events_appended_total 3',
      'contractor_events_projected_total 2',
      'contractor_projection_lag 7',
      'contractor_reaction_lag{reaction="erase"} 4',
      'contractor_reaction_failures_total{reaction="erase"} 1',
      'contractor_dead_letters{reaction="erase"} 1',
      'contractor_dead_letters{reaction="tidy"} 0',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).not.toContain('contractor_reaction_lag{reaction="tidy"}');
    expect(metrics.contentType).toMatch(/^text\/plain/);
  });
});
