import { useQuery } from '@tanstack/react-query';
import { call } from '../api/request.ts';

/** The names of all permissions that can be granted; they change with the version of the server alone. */
export const usePermissions = (enabled = true) =>
  useQuery({
    queryKey: ['permissions'],
    queryFn: () => call<readonly string[]>('/Auth/Account/permissions'),
    staleTime: Number.POSITIVE_INFINITY,
    enabled,
  });
