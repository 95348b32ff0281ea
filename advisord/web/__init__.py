"""The pages, the API and the metrics: read-only, each request with a connection of its own. Needs the extra `web`."""
