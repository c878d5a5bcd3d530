// Lets workloads ask www.googleapis.com in plain HTTP; it leaves them as TLS.
import { ApiObject, JsonPatch } from 'cdk8s';
import { ClientTls, ExternalService, LoadBalancing, TlsOrigination } from 'meshwright';
import { bookinfo } from './services.ts';

// Istio's sample names no authorities to trust, and the check would stop at that.
const { app, services } = bookinfo({ skip: ['server-certificate-not-verified'] });

const googleapis = new ExternalService(services, 'googleapis', {
  hosts: ['www.googleapis.com'],
  port: [{ port: 80 }, { port: 443, protocol: 'https' }],
  originateTls: TlsOrigination.of(ClientTls.simple(), { from: 80, to: 443 }),
  loadBalancing: LoadBalancing.roundRobin(),
});

// The settings of a port take the place of all others, so the load balancing is repeated there; Istio's sample leaves it out.
ApiObject.of(googleapis.node.findChild('destination-rule')).addJsonPatch(JsonPatch.remove('/spec/trafficPolicy/portLevelSettings/0/loadBalancer'));

app.synth();
