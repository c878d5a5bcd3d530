// Names every version of every service, and has clients use mutual TLS.
import { ClientTls, TrafficPolicy } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, productpage, reviews, ratings, details } = bookinfo();

for (const service of [productpage(), reviews(), ratings(), details()]) new TrafficPolicy(service, 'mtls', { tls: ClientTls.istioMutual() });

app.synth();
