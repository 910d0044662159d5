import { useQuery } from '@tanstack/react-query';
import { keys } from '../../api/query-keys.ts';
import { call, pathOf } from '../../api/request.ts';

/** What the script of a job can read, by name. */
export const useRunnerVariables = (model: string, id: number) =>
  useQuery({
    queryKey: keys.about(model, id, 'jobRunnerVariables'),
    queryFn: ({ signal }) =>
      call<Readonly<Record<string, unknown>>>(pathOf(model, id, 'jobRunnerVariables'), {}, { signal }),
  });

interface RunnerState {
  readonly script: string;
  readonly cur_line: number;
  readonly state: unknown;
}

/** The program a job runs and where it stands. */
export const useRunnerState = (model: string, id: number) =>
  useQuery({
    queryKey: keys.about(model, id, 'jobRunnerState'),
    queryFn: ({ signal }) => call<RunnerState>(pathOf(model, id, 'jobRunnerState'), {}, { signal }),
  });
