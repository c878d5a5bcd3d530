// Sends everything to the first version.
import { Route } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, productpage, reviews, ratings, details } = bookinfo();

for (const service of [productpage(), reviews(), ratings(), details()]) new Route(service, 'all', { to: 'v1' });

app.synth();
