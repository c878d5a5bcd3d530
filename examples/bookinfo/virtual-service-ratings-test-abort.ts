// Requests of one user fail at ratings.
import { Fault, Match, Route } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, ratings } = bookinfo();
const service = ratings();

new Route(service, 'all', { to: 'v1' });
new Fault(service, 'broken', { match: [Match.header('end-user').exact('jason')], abort: 500 });

app.synth();
