// Sends requests of reviews to any of its endpoints.
import { LoadBalancing } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, reviews } = bookinfo();

reviews({ loadBalancing: LoadBalancing.random() });

app.synth();
