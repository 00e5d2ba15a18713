import { countGiven, type Rule } from './rules.ts';
import type { Subscription } from './types.gen.ts';

export const SUBSCRIPTION_RULES: readonly Rule<Subscription>[] = [
  {
    message: "an endpoint must have exactly one of 'url' and 'secretRef'",
    broken: ({ spec: { http } }) =>
      http === undefined || countGiven(http.url, http.secretRef) === 1 ? [] : ['spec.http'],
  },
  {
    message: "a subscription must have exactly one of 'http' and 'dependencyTrack'",
    broken: ({ spec: { http, dependencyTrack } }) => (countGiven(http, dependencyTrack) === 1 ? [] : ['spec']),
  },
  {
    message: "'events' is for 'http'; Dependency-Track is given the SBOMs of accepted runs",
    broken: ({ spec: { events, dependencyTrack } }) => (countGiven(events, dependencyTrack) === 2 ? ['spec'] : []),
  },
];
