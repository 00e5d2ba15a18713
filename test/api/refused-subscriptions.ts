import type { RefusedObject } from './refused-objects.ts';

const subscription = (spec: object): object => ({
  apiVersion: 'proviso.dev/v1alpha1',
  kind: 'Subscription',
  metadata: { name: 'releases' },
  spec,
});
const url = 'https://sink.example.com/events';
const http = { url };

export const REFUSED_SUBSCRIPTIONS: readonly RefusedObject[] = [
  {
    what: 'a subscription without an endpoint',
    object: subscription({ http: {} }),
    at: 'spec.http',
    says: /must have exactly one of 'url' and 'secretRef'/,
  },
  {
    what: 'a subscription with two endpoints',
    object: subscription({ http: { url, secretRef: { name: 'sink' } } }),
    at: 'spec.http',
    says: /must have exactly one of 'url' and 'secretRef'/,
  },
  {
    what: 'a subscription to nowhere',
    object: subscription({}),
    at: 'spec',
    says: /must have exactly one of 'http' and 'dependencyTrack'/,
  },
  {
    what: 'events for a server that takes SBOMs',
    object: subscription({ dependencyTrack: { secretRef: { name: 'sink' } }, events: ['Accepted'] }),
    at: 'spec',
    says: /'events' is for 'http'/,
  },
  {
    what: 'a subscription with credentials in the address',
    object: subscription({ http: { url: 'https://user:password@sink.example.com' } }),
    at: 'spec.http.url',
    says: /starts with 'https:\/\/' or 'http:\/\/', without user/,
    serverSays: /spec\.http\.url in body should match/,
  },
  {
    what: 'a subscription to an event that there is not',
    object: subscription({ http, events: ['Accepted', 'Acepted'] }),
    at: 'spec.events[1]',
    says: /did you mean 'Accepted'/,
    serverSays: /Unsupported value: "Acepted"/,
  },
  {
    what: 'a subscription to the same event twice',
    object: subscription({ http, events: ['Accepted', 'Accepted'] }),
    at: 'spec.events[1]',
    says: /is the same as spec\.events\[0\]/,
    serverSays: /Duplicate value: "Accepted"/,
  },
];

/** With every field that people write. */
export const COMPLETE_SUBSCRIPTIONS: readonly object[] = [
  subscription({ http: { url, mode: 'Binary' }, events: ['Opened', 'Expired'], filter: 'true', suspend: true }),
  subscription({ http: { secretRef: { name: 'sink' } } }),
  subscription({ dependencyTrack: { secretRef: { name: 'sink' }, project: 'shop' }, filter: 'true' }),
];
