"""One module a service of the API; `watch` holds the streams of all of them."""
