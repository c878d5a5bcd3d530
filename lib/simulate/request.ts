/** A request, or a TCP connection, and who makes it. */
export interface Request {
  readonly from: Sender;
  /** A URL, or `host:port` for a connection that is no HTTP. A short host is one of the sender's namespace. */
  readonly to: string;
  /** @default GET, for gRPC POST */
  readonly method?: string | undefined;
  /** Several values of one name are joined with commas. @default none */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** The server name that a TLS client asks for. @default the host of an https or tls URL */
  readonly sni?: string | undefined;
  /** The protocols that a TLS client offers, as `h2`. @default none */
  readonly alpn?: string | undefined;
  /** What the client itself speaks. @default what the scheme of the URL says; without one, tcp */
  readonly protocol?: ClientProtocol | undefined;
  /** The TLS of the client itself, before any proxy of its own. @default one-way for https and tls URLs, else none */
  readonly tls?: 'none' | 'one-way' | 'mutual' | undefined;
  /** The address dialled, where it is not the one that the host stands for. */
  readonly address?: string | undefined;
  /** The address of the client. @default one of the pod, else of no meaning */
  readonly ip?: string | undefined;
  /** The claims of a token that passes all checks of its issuer, sent as `Authorization: Bearer`. @default none */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  /** Tokens, in whichever header or parameter they are sent. @default none, beside those of the headers */
  readonly tokens?: readonly Token[] | undefined;
}

export type ClientProtocol = 'http' | 'http1.0' | 'http2' | 'grpc' | 'tcp';

/** A JSON Web Token: what it claims, and whether its signature is good, which no one can see without the key. */
export interface Token {
  readonly claims: Readonly<Record<string, unknown>>;
  /** @default - taken as good, which the trace says */
  readonly signatureValid?: boolean | undefined;
  /** Whether a JWKS has the key that signed it: asked by rules whose keys stand in the mesh. @default - nobody can tell: `signatureValid` holds */
  readonly isSignedBy?: ((jwks: string) => boolean) | undefined;
  /** Whether its time is over. @default what `exp` says at the time of the mesh */
  readonly expired?: boolean | undefined;
  /** Where it is sent. @default - `Authorization` with `Bearer ` */
  readonly in?: { readonly header: string; readonly prefix?: string | undefined } | { readonly parameter: string } | { readonly cookie: string } | undefined;
}

/** Who makes a request. Names are `namespace/name`; a bare name is one of the namespace `default`. */
export type Sender =
  | { readonly workload: string }
  | { readonly serviceAccount: string }
  /** A workload that runs gateways, an Istio Gateway or a Kubernetes Gateway: the request has reached it, at the port of the URL. */
  | { readonly gateway: string }
  /** Nobody in the mesh: a client without a proxy, at the address of the URL. */
  | { readonly outside: true }
  /** A proxy that no manifest describes. */
  | { readonly proxy: ProxySpec };

/** A proxy as it stands, where no workload is there to tell. */
export interface ProxySpec {
  readonly kind: 'sidecar' | 'gateway' | 'ambient' | 'none';
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly serviceAccount?: string | undefined;
  readonly ips?: readonly string[] | undefined;
  /** Whether the request reaches the proxy from outside (at a port of its workload), not from its own application. @default false; a gateway's always do */
  readonly inbound?: boolean | undefined;
  /** Whether its own routes are behind the request: it goes to the service of the URL. @default false */
  readonly onward?: boolean | undefined;
}
