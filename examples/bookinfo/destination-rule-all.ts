// Names every version of every service.
import { bookinfo } from './services.ts';

const { app, productpage, reviews, ratings, details } = bookinfo();

productpage();
reviews();
ratings();
details();

app.synth();
