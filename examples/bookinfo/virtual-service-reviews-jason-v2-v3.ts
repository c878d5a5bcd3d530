// Shows one user v2 of reviews, and everybody else v3.
import { Match, Route } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, reviews } = bookinfo();
const service = reviews();

new Route(service, 'jason', { match: [Match.header('end-user').exact('jason')], to: 'v2' });
new Route(service, 'others', { to: 'v3' });

app.synth();
