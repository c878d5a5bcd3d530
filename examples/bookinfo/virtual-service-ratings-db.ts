// Sends all requests of ratings to the version with a database of documents.
import { Route } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, reviews, ratings } = bookinfo();

new Route(reviews(), 'all', { to: 'v3' });
new Route(ratings(), 'all', { to: 'v2' });

app.synth();
