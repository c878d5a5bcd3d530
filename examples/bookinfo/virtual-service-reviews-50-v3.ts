// Sends half of the requests of reviews to v3.
import { Canary } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, reviews } = bookinfo();

new Canary(reviews(), 'shift', { from: 'v1', to: 'v3', percent: 50 });

app.synth();
