// Sends all requests of details to v2.
import { Route } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, details } = bookinfo();

new Route(details(), 'all', { to: 'v2' });

app.synth();
