import type { Said } from '../trace.ts';

/** What the server side decided: mTLS, normalization, JWT, authorization. */
export type ServerStep =
  /** Whether the connection is let in, by the mTLS mode of the port. */
  | Said & { readonly kind: 'admission'; readonly mode: 'STRICT' | 'PERMISSIVE' | 'DISABLE'; readonly accepted: boolean }
  | Said & { readonly kind: 'path normalization'; readonly before: string; readonly after: string }
  | Said & { readonly kind: 'authentication'; readonly result: 'no token' | 'valid' | 'refused'; readonly principal: string | undefined }
  | Said & { readonly kind: 'authorization'; readonly action: 'CUSTOM' | 'DENY' | 'ALLOW' | 'AUDIT'; readonly result: 'matched' | 'none matched' | 'no policy' | 'dry run' | 'unsure' };
