// Lets workloads ask www.googleapis.com in plain HTTP; it leaves them as TLS.
import { ClientTls, ExternalService, LoadBalancing, TlsOrigination, TrafficPolicy } from 'meshwright';
import { bookinfo } from './services.ts';

// Istio's sample names no authorities to trust, and the check would stop at that.
const { app, services } = bookinfo({ skip: ['server-certificate-not-verified'] });

const googleapis = new ExternalService(services, 'googleapis', {
  hosts: ['www.googleapis.com'],
  port: [{ port: 80 }, { port: 443, protocol: 'https' }],
  originateTls: TlsOrigination.of(ClientTls.simple(), { from: 80, to: 443 }),
  loadBalancing: LoadBalancing.roundRobin(),
});

// The settings of a port take the place of all others, and Istio's sample says nothing of load balancing there.
new TrafficPolicy(googleapis, 'tls-port', { port: 443, loadBalancing: LoadBalancing.unspecified() });

app.synth();
