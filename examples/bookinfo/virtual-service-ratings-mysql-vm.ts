// Sends all requests of ratings to the version with MySQL on a machine outside Kubernetes.
import { Route } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, reviews, ratings } = bookinfo();

new Route(reviews(), 'all', { to: 'v3' });
new Route(ratings(), 'all', { to: 'v2-mysql-vm' });

app.synth();
