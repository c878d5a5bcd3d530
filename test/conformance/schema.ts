import { identityOf, type KubernetesObject } from '../../lib/manifest/index.ts';
import { violations } from '../../lib/schema/index.ts';
import { schemaOf } from './facts.ts';
import { casesOf, outcome, type Outcome } from './suite.ts';

interface Case {
  readonly id: string;
  readonly object: KubernetesObject;
  readonly valid: boolean;
}

/** The OpenAPI and CEL rules of the CRDs. */
export function schema(oracles: string): Outcome {
  return outcome(casesOf<Case>(oracles, 'schema/cases.json'), ({ object, valid }) => {
    const { kind, version } = identityOf(object);
    const facts = schemaOf(kind, version);
    if (!facts) return `there are no facts of ${object.apiVersion} ${kind}`;
    const misfits = violations(facts, object);
    if (valid === (misfits.length === 0)) return undefined;
    return valid ? `refused: ${misfits.map(({ path, message }) => `${path}: ${message}`).join('; ')}` : 'accepted';
  });
}
