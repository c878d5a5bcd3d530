import type { Construct } from 'constructs';
import type { Caller } from '../values/caller.ts';
import type { Condition } from '../values/when.ts';
import type { AccessOperation } from './operation.ts';

/** What a policy does with the requests that a rule takes. */
export type PolicyAction = 'ALLOW' | 'DENY' | 'AUDIT' | 'CUSTOM';

/** Who sends a request, what it asks for, and what else must hold. */
export interface RuleProps {
  /** Who sends it: any of some. `anyone` is whoever comes, with an identity or without. */
  readonly from: 'anyone' | readonly Caller[];
  /** What it asks for: any of some. @default - whatever */
  readonly to?: readonly AccessOperation[] | undefined;
  /** What else must hold, all of it. @default - nothing */
  readonly when?: readonly Condition[] | undefined;
}

/** A rule that some construct has declared for a target. */
export interface DeclaredRule extends RuleProps {
  readonly action: PolicyAction;
  /** Only logged: what it would do. */
  readonly dryRun: boolean;
  /** The external authorizer that CUSTOM asks. */
  readonly provider?: string | undefined;
  readonly declaredBy: Construct;
}
