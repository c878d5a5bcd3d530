/** The YAML of a mesh of so many services, 20 a namespace: Namespace, ServiceAccount, Service, Deployment, VirtualService, DestinationRule and AuthorizationPolicy. */
export function generatedMesh(services: number): string {
  const out: string[] = [];
  const perNs = 20;
  for (let i = 0; i < services; i++) {
    const ns = `ns-${Math.floor(i / perNs)}`; const name = `svc-${i}`;
    if (i % perNs === 0) out.push(`apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${ns}\n  labels:\n    istio-injection: enabled\n`);
    out.push(`apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ${name}\n  namespace: ${ns}\n`);
    out.push(`apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n  namespace: ${ns}\n  labels:\n    app: ${name}\nspec:\n  selector:\n    app: ${name}\n  ports:\n    - name: http\n      port: 8080\n      targetPort: 8080\n`);
    out.push(`apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}-v1\n  namespace: ${ns}\n  labels:\n    app: ${name}\nspec:\n  replicas: 2\n  selector:\n    matchLabels:\n      app: ${name}\n      version: v1\n  template:\n    metadata:\n      labels:\n        app: ${name}\n        version: v1\n    spec:\n      serviceAccountName: ${name}\n      containers:\n        - name: app\n          image: example.com/${name}:1.0.0\n          ports:\n            - containerPort: 8080\n              name: http\n`);
    out.push(`apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata:\n  name: ${name}\n  namespace: ${ns}\nspec:\n  hosts:\n    - ${name}\n  http:\n    - match:\n        - uri:\n            prefix: /api/\n      route:\n        - destination:\n            host: ${name}\n            subset: v1\n      timeout: 2s\n      retries:\n        attempts: 2\n        perTryTimeout: 500ms\n    - route:\n        - destination:\n            host: ${name}\n            subset: v1\n`);
    out.push(`apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata:\n  name: ${name}\n  namespace: ${ns}\nspec:\n  host: ${name}\n  trafficPolicy:\n    connectionPool:\n      http:\n        http1MaxPendingRequests: 100\n  subsets:\n    - name: v1\n      labels:\n        version: v1\n`);
    out.push(`apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata:\n  name: ${name}\n  namespace: ${ns}\nspec:\n  selector:\n    matchLabels:\n      app: ${name}\n  action: ALLOW\n  rules:\n    - from:\n        - source:\n            principals:\n              - cluster.local/ns/${ns}/sa/svc-${Math.floor(i / perNs) * perNs + (i + 1) % perNs}\n      to:\n        - operation:\n            methods:\n              - GET\n            paths:\n              - /api/*\n`);
  }
  return out.join('---\n');
}
