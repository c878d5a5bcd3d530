// Sends one request of reviews in ten to v2.
import { Canary } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, reviews } = bookinfo();

new Canary(reviews(), 'shift', { from: 'v1', to: 'v2', percent: 10 });

app.synth();
