import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ControlPlane } from './plan.ts';
import { isTree } from './values.ts';

/**
 * A revision tag: a name that namespaces are labelled with, and the revision that injects them. One object holds it,
 * so that it moves at once; were it a value of two charts, each would write and remove it in its own time.
 *
 * Source: https://istio.io/latest/docs/setup/upgrade/canary/#stable-revision-labels
 */
export function emitRevisionTag(scope: Construct, tag: string, { revision, values }: Pick<ControlPlane, 'revision' | 'values'>, namespace: string): void {
  const { injectionPath = '/inject' } = isTree(values.istiodRemote) ? values.istiodRemote : {};
  const labels = { 'istio.io/tag': tag, 'istio.io/rev': revision ?? 'default', app: 'sidecar-injector' };
  new ApiObject(scope, `tag-${tag}`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: {
      name: namespace === 'istio-system' ? `istio-revision-tag-${tag}` : `istio-revision-tag-${tag}-${namespace}`,
      labels,
      // The Service of istiod is installed by something else, and unknown to whoever reads this YAML alone.
      annotations: { 'galley.istio.io/analyze-suppress': 'IST0139' },
    },
    webhooks: [...taggedWebhooks(tag), ...(tag === 'default' ? defaultWebhooks : [])].map(({ prefix, namespaceSelector, objectSelector }) => ({
      // istiod finds the webhooks that it writes its certificate into by the end of their names.
      name: `${prefix}.sidecar-injector.istio.io`,
      clientConfig: { service: { name: revision === undefined ? 'istiod' : `istiod-${revision}`, namespace, path: injectionPath, port: 443 } },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      failurePolicy: 'Fail',
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      namespaceSelector: { matchExpressions: namespaceSelector },
      objectSelector: { matchExpressions: objectSelector },
    })),
  });
}

interface Requirement { readonly key: string; readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'; readonly values?: readonly string[] }
interface Selection { readonly prefix: string; readonly namespaceSelector: readonly Requirement[]; readonly objectSelector: readonly Requirement[] }

const absent = (key: string): Requirement => ({ key, operator: 'DoesNotExist' });
const oneOf = (key: string, ...values: string[]): Requirement => ({ key, operator: 'In', values });
const notInjectedByHand: Requirement = { key: 'sidecar.istio.io/inject', operator: 'NotIn', values: ['false'] };

/** Namespaces with the tag, and pods with the tag where the namespace says nothing. */
function taggedWebhooks(tag: string): Selection[] {
  return [
    { prefix: 'rev.namespace', namespaceSelector: [oneOf('istio.io/rev', tag), absent('istio-injection')], objectSelector: [notInjectedByHand] },
    { prefix: 'rev.object', namespaceSelector: [absent('istio.io/rev'), absent('istio-injection')], objectSelector: [notInjectedByHand, oneOf('istio.io/rev', tag)] },
  ];
}

/** The tag `default` also takes those who ask for injection and for no revision. */
const defaultWebhooks: readonly Selection[] = [
  { prefix: 'namespace', namespaceSelector: [oneOf('istio-injection', 'enabled')], objectSelector: [notInjectedByHand] },
  { prefix: 'object', namespaceSelector: [absent('istio-injection'), absent('istio.io/rev')], objectSelector: [oneOf('sidecar.istio.io/inject', 'true'), absent('istio.io/rev')] },
];
