import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh, type MeshOptions } from '../../lib/mesh/index.ts';
import { requestOf, simulate, type Trace } from '../../lib/simulate/index.ts';

/** What becomes of a request, written as on the command line, in a mesh of some documents. */
export function asked(documents: readonly string[], request: string, from: string, options: MeshOptions = {}): Trace {
  const mesh = Mesh.from(readManifests({ file: 'a.yaml', text: documents.join('---\n') }).manifests, options);
  return simulate(mesh, requestOf({ request, from }));
}

/** A Service and a pod of it, both of one name, with a service account of that name. */
export function app(name: string, namespace: string, { labels = '', ports = '{ name: http, port: 80 }' } = {}): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: { selector: { app: ${name} }, ports: [${ports}] }
---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, labels: { app: ${name}${labels} } }
spec: { serviceAccountName: ${name}, containers: [{ name: app, image: a }] }
`;
}

/** The label that gives a pod a sidecar. */
export const sidecar = { labels: ', sidecar.istio.io/inject: "true"' };
