"""Advisory feeds: one file fetches a feed, one decodes its records; the registry alone knows them all."""
