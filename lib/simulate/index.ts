export { simulate } from './simulate.ts';
export { BadRequest } from './bad-request.ts';
export { clauseHolds, decide, holds, predHolds, type Decision, type Truth, type Values } from './evaluate.ts';
export { grpcStatusOf } from './grpc-status.ts';
export { identityOf, type Proxy } from './proxy.ts';
export type { ClientProtocol, ProxySpec, Request, Sender, Token } from './request.ts';
export type { Answer, HttpRequest, Transport } from './server/arrival.ts';
export type { Destination, Outcome, Said, Seen, Step, Trace } from './trace.ts';
