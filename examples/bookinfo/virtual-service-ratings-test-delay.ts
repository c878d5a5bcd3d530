// Requests of one user wait for ratings.
import { Duration } from 'cdk8s';
import { Fault, Match, Route } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, ratings } = bookinfo();
const service = ratings();

new Route(service, 'all', { to: 'v1' });
new Fault(service, 'slow', { match: [Match.header('end-user').exact('jason')], delay: Duration.seconds(7) });

app.synth();
