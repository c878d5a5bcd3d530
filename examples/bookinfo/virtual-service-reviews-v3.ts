// Sends all requests of reviews to v3.
import { Route } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, reviews } = bookinfo();

new Route(reviews(), 'all', { to: 'v3' });

app.synth();
