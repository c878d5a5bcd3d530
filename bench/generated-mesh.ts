const perNamespace = 20;

/**
 * The YAML of a mesh of so many services, 20 a namespace, six objects a service as a Helm chart and a mesh team write
 * them: ServiceAccount, Service, Deployment, VirtualService, DestinationRule and AuthorizationPolicy.
 */
export function generatedMesh(services: number): string {
  return Array.from({ length: services }, (_, i) => `${i % perNamespace === 0 ? namespace(namespaceOf(i)) : ''}${service(i)}`).join('');
}

/** The namespace of a service, by its number. */
export function namespaceOf(i: number): string {
  return `team-${Math.floor(i / perNamespace)}`;
}

const retries = `
      retries:
        attempts: 2
        perTryTimeout: 500ms`;

function namespace(name: string): string {
  return `apiVersion: v1
kind: Namespace
metadata:
  name: ${name}
  labels:
    istio-injection: enabled
---
`;
}

function service(i: number): string {
  const [name, ns] = [`svc-${i}`, namespaceOf(i)];
  const caller = `svc-${Math.floor(i / perNamespace) * perNamespace + ((i + 1) % perNamespace)}`;
  const labels = `
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/instance: ${name}-live
    app.kubernetes.io/version: "1.${i % 17}.0"
    app.kubernetes.io/part-of: shop
    app.kubernetes.io/managed-by: Helm
    helm.sh/chart: service-0.9.${i % 7}`;
  const metadata = (suffix = ''): string => `
metadata:
  name: ${name}${suffix}
  namespace: ${ns}
  labels:${labels}`;
  return `# Source: shop/templates/service.yaml
apiVersion: v1
kind: ServiceAccount${metadata()}
---
apiVersion: v1
kind: Service${metadata()}
spec:
  type: ClusterIP
  selector:
    app: ${name}
  ports:
    - name: http
      port: 8080
      targetPort: http
      appProtocol: http
---
apiVersion: apps/v1
kind: Deployment${metadata('-v1')}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: ${name}
      version: v1
  template:
    metadata:
      annotations:
        checksum/config: 01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b
      labels:
        app: ${name}
        version: v1${labels.replaceAll('\n', '\n    ')}
    spec:
      serviceAccountName: ${name}
      securityContext:
        runAsNonRoot: true
        fsGroup: 10001
      containers:
        - name: app
          image: registry.example.com/shop/${name}:1.${i % 17}.0
          imagePullPolicy: IfNotPresent
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: info
            - name: DATABASE_HOST
              value: postgres.data.svc.cluster.local
            - name: POD_NAME
              valueFrom:
                fieldRef:
                  fieldPath: metadata.name
            - name: DATABASE_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: ${name}-database
                  key: password
          livenessProbe:
            httpGet:
              path: /healthz
              port: http
            initialDelaySeconds: 10
            periodSeconds: 10
          readinessProbe:
            httpGet:
              path: /ready
              port: http
            periodSeconds: 5
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 256Mi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          volumeMounts:
            - name: tmp
              mountPath: /tmp
      volumes:
        - name: tmp
          emptyDir: {}
---
apiVersion: networking.istio.io/v1
kind: VirtualService${metadata()}
spec:
  hosts:
    - ${name}
  http:
    - match:
        - uri:
            prefix: /api/
      route:
        - destination:
            host: ${name}
            subset: v1
      timeout: 2s${i % 4 === 0 ? retries : ''}
    - route:
        - destination:
            host: ${name}
            subset: v1
---
apiVersion: networking.istio.io/v1
kind: DestinationRule${metadata()}
spec:
  host: ${name}
  trafficPolicy:
    connectionPool:
      http:
        http1MaxPendingRequests: 100
  subsets:
    - name: v1
      labels:
        version: v1
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy${metadata()}
spec:
  selector:
    matchLabels:
      app: ${name}
  action: ALLOW
  rules:
    - from:
        - source:
            principals:
              - cluster.local/ns/${ns}/sa/${caller}
      to:
        - operation:
            methods:
              - GET
            paths:
              - /api/*
---
`;
}
