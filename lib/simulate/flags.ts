/**
 * What Envoy's response flags mean, for those that a simulated request can have.
 *
 * Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#response-flags
 */
export const flags: Readonly<Record<string, string>> = {
  NR: 'no route, or no chain that takes the connection',
  NC: 'there is no such cluster: the host, its port or the subset is not known',
  UH: 'no healthy upstream: no endpoint is there',
  UF: 'the connection to the endpoint failed',
  UC: 'the endpoint closed the connection',
  UT: 'the endpoint took too long',
  UAEX: 'denied by an external authorizer',
  DPE: 'the bytes are not of the protocol of the port',
  FI: 'a fault was injected',
  DI: 'a delay was injected',
  'DI,FI': 'a delay and a fault were injected',
};
