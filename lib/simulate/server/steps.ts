import type { Said } from '../trace.ts';
import type { Transport } from './arrival.ts';

/** What the server side decided: mTLS, normalization, JWT, authorization. */
export type ServerStep =
  /** Whether the connection is let in, by the mTLS mode of the port. */
  | Said & {
    readonly kind: 'admission'; readonly mode: 'STRICT' | 'PERMISSIVE' | 'DISABLE'; readonly transport: Transport['tls']; readonly identity: string | undefined;
    readonly accepted: boolean;
  }
  /** Without an `after` the path is refused. */
  | Said & { readonly kind: 'path normalization'; readonly before: string; readonly after: string | undefined }
  /** `preflight`: a CORS preflight carries no token, and is not asked for one. */
  | Said & { readonly kind: 'authentication'; readonly result: 'no token' | 'valid' | 'refused' | 'preflight'; readonly principal: string | undefined }
  | Said & {
    readonly kind: 'authorization'; readonly by: 'proxy' | 'ztunnel'; readonly action: 'CUSTOM' | 'DENY' | 'ALLOW' | 'AUDIT';
    readonly result: 'matched' | 'none matched' | 'no policy' | 'dry run' | 'unsure';
  };
