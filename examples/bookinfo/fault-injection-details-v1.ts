// Every request of details fails.
import { ApiObject, JsonPatch } from 'cdk8s';
import { Fault, MeshService, Route } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, services } = bookinfo();
const details = MeshService.deployed(services, 'details', { port: 9080, versions: ['v1'] });

new Route(details, 'v1', { to: 'v1' });
new Fault(details, 'broken', { abort: 555 });

// Istio's sample has a second route, which no request reaches: by hand, for an intent would refuse it.
ApiObject.of(details.node.findChild('virtual-service')).addJsonPatch(JsonPatch.add('/spec/http/-', { route: [{ destination: { host: 'details', subset: 'v1' } }] }));

app.synth();
