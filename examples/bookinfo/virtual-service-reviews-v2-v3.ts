// Divides the requests of reviews between v2 and v3.
import { Canary } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, reviews } = bookinfo();

new Canary(reviews(), 'shift', { from: 'v2', to: 'v3', percent: 50 });

app.synth();
