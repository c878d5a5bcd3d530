import type { ServerStep } from './steps.ts';

/** What each step of the server side says to someone who does not know Envoy. */
export const serverSentences: { readonly [K in ServerStep['kind']]: (step: Extract<ServerStep, { readonly kind: K }>) => string } = {
  admission: ({ mode, transport, identity, accepted }) => `the port ${takes[mode]}; the client ${sends[transport]}${identity === undefined ? '' : ` as ${identity}`}, ${accepted ? 'which is accepted' : 'so the connection is closed'}`,
  'path normalization': ({ before, after }) => (after === undefined ? `the path ${before} holds a zero byte, which is refused` : `the path ${before} is read as ${after}`),
  authentication: ({ result, principal }) => authentication[result](principal),
  authorization: ({ action, result, by }) => `${by === 'ztunnel' ? 'ztunnel, which sees identities, addresses and ports alone: ' : ''}${authorization[action][result]}`,
};

const takes = { STRICT: 'takes mutual TLS alone (STRICT)', PERMISSIVE: 'takes mutual TLS and plaintext (PERMISSIVE)', DISABLE: 'takes plaintext alone (DISABLE)' };
const sends = { none: 'sends plaintext', 'one-way': 'sends TLS without a certificate', mutual: 'sends mutual TLS' };

const authentication: Readonly<Record<Extract<ServerStep, { readonly kind: 'authentication' }>['result'], (principal: string | undefined) => string>> = {
  'no token': () => 'the request carries no token where one is looked for, and goes on without a principal',
  valid: principal => `the token is good${principal === undefined ? '' : `: its principal is ${principal}`}`,
  refused: () => 'the token is refused',
  preflight: () => 'a CORS preflight is not asked for a token',
};

type Result = Extract<ServerStep, { readonly kind: 'authorization' }>['result'];

const authorization: Readonly<Record<'CUSTOM' | 'DENY' | 'ALLOW' | 'AUDIT', Readonly<Record<Result, string>>>> = {
  CUSTOM: {
    matched: 'a CUSTOM policy matches, and there is nobody to ask: the request is denied',
    'none matched': 'no CUSTOM policy matches',
    'no policy': 'no CUSTOM policy applies',
    'dry run': 'a CUSTOM policy is on trial and decides nothing',
    unsure: 'an external authorizer may be asked',
  },
  DENY: {
    matched: 'a DENY policy matches: the request is denied',
    'none matched': 'no DENY policy matches',
    'no policy': 'no DENY policy applies',
    'dry run': 'a DENY policy is on trial and decides nothing',
    unsure: 'it is not known whether a DENY policy matches',
  },
  ALLOW: {
    matched: 'an ALLOW policy matches: the request is allowed',
    'none matched': 'there are ALLOW policies, and none matches: the request is denied',
    'no policy': 'no ALLOW policy applies: what is not denied is allowed',
    'dry run': 'an ALLOW policy is on trial and decides nothing',
    unsure: 'it is not known whether an ALLOW policy matches',
  },
  AUDIT: {
    matched: 'an AUDIT policy matches: the request is noted',
    'none matched': 'no AUDIT policy matches',
    'no policy': 'no AUDIT policy applies',
    'dry run': 'an AUDIT policy is on trial',
    unsure: 'it is not known whether an AUDIT policy matches',
  },
};
