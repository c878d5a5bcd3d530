// Sends one request of reviews in five to v2.
import { Canary } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, reviews } = bookinfo();

new Canary(reviews(), 'shift', { from: 'v1', to: 'v2', percent: 20 });

app.synth();
