// Every request of details fails.
import { Fault, MeshService, Route } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, services } = bookinfo();
const details = MeshService.deployed(services, 'details', { port: 9080, versions: ['v1'] });

new Route(details, 'v1', { to: 'v1' });
// Istio's sample has the route twice, so that the fault can be taken out by hand.
new Fault(details, 'broken', { abort: 555, keepsRoutes: true });

app.synth();
